"""The directory of circles that can be found, and asking to join one of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from supportnet.notices.text_direction import typed

from ..forms import JoinForm, SearchForm
from ..models import AskedLately, ByInvitationOnly, Circle, JoinRule, Membership, PutAway
from .access import for_verified, waiting
from .paging import turned_to

# Circles on one page; of the keepers of each those are named who joined first.
PER_PAGE = 20
MOST_NAMED = 3


@login_required
def directory(request):
    """Circles that can be found, by name: what they are for and how one joins. Nothing of who is in them."""
    form = SearchForm(request.GET)
    page = turned_to(request, Circle.objects.listed().saying(form.words()), per_page=PER_PAGE)
    mine = request.user.memberships.filter(circle__in=page.rows)
    states = {membership.circle_id: membership.state for membership in mine}
    for circle in page.rows:
        circle.standing = states.get(circle.pk, "")
    _tell_who_keeps(page.rows)
    context = {"form": form, "page": page, "searched": bool(form.words())}
    return render(request, "circles/directory.html", context, status=422 if form.errors else 200)


def _tell_who_keeps(circles):
    """Each with `kept_by`, names in words: of two that are called alike one can tell which is whose. One query."""
    keepers = Membership.objects.keepers().filter(circle__in=circles).select_related("person")
    names = {circle.pk: [] for circle in circles}
    for keeping in keepers.order_by("joined_at", "pk"):
        names[keeping.circle_id].append(str(keeping.person))
    for circle in circles:
        circle.kept_by = get_text_list(names[circle.pk][:MOST_NAMED], _("and"))


@login_required
@for_verified
def circle_join(request, pk):
    """A circle of the directory, and its questions to whoever would like to join."""
    mine = request.user.memberships.in_sight()
    membership = mine.filter(circle=pk).select_related("circle").first()
    if membership and membership.is_current:
        return redirect(membership.circle)
    if membership and membership.state == "waiting":
        return waiting(request, membership)
    circle = get_object_or_404(Circle.objects.listed(), pk=pk)
    request.user.require_verified()
    try:
        membership and membership.require_free_to_ask(at=timezone.now())
        return _join(request, circle)
    except AskedLately as lately:
        return asked_lately(request, lately)


def _join(request, circle):
    form = JoinForm(request.POST if request.method == "POST" else None, questions=circle.questions)
    if form.is_valid():
        try:
            membership = circle.receive(request.user, at=timezone.now(), answers=form.answers())
        except ByInvitationOnly:
            return _join_page(request, circle, form, status=403)
        except PutAway:  # a moment ago: no circle that anybody finds
            raise Http404 from None
        if membership.is_current:
            messages.success(request, _("Welcome to %(circle)s.") % typed(circle=circle))
        return redirect(circle)
    return _join_page(request, circle, form, status=422 if form.errors else 200)


def _join_page(request, circle, form, *, status):
    _tell_who_keeps([circle])
    page = {"circle": circle, "form": form, "can_ask": circle.join_rule != JoinRule.INVITATION}
    return render(request, "circles/apply.html", page, status=status)


def asked_lately(request, lately):
    """The page of somebody to whom a keeper said "not now" in the last week."""
    return render(request, "circles/join_later.html", {"again_at": lately.again_at}, status=409)


@require_POST
@login_required
def circle_take_back(request, pk):
    """Ask no longer. Pressed twice, or too late, it leads to where one stands."""
    membership = get_object_or_404(request.user.memberships.select_related("circle"), circle=pk)
    if membership.state == "waiting":
        membership.take_back(at=timezone.now())
    if membership.is_current:
        return redirect(membership.circle)
    messages.success(request, _("Taken back. You may ask again whenever you like."))
    return redirect("circles")
