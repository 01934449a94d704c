"""Who is in a circle, and what its keepers do for them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from supportnet.notices.text_direction import typed
from supportnet.notices.typed_ids import typed_id

from ..models import Application, Ring
from .access import for_keepers, for_members, safe_next
from .circle import joiners, tell_whom_they_look_like
from .paging import turned_to

# Enough for most circles to stand on one page, few enough for a telephone.
PER_PAGE = 50


@for_members
def circle_members(request, membership):
    """The members by name, without whom the reader blocked or is blocked by; the keepers always. Seven queries at most.

    Keepers see everybody, also who waits, how near each stands, how each came, and what they can do.
    """
    return _kept_members(request, membership) if membership.is_keeper else _members(request, membership)


def _members(request, membership):
    seen = membership.circle.members().seen_by(request.user)
    page = turned_to(request, seen, per_page=PER_PAGE)
    context = {"circle": membership.circle, "membership": membership, "page": page}
    return render(request, "circles/members.html", context)


def _kept_members(request, membership, *, trouble="", status=200):
    circle = membership.circle
    members = circle.members().select_related("person", "checked_by", "via__invited_by")
    page, waiting = turned_to(request, members, per_page=PER_PAGE), joiners(membership)
    tell_whom_they_look_like(circle, [*page.rows, *waiting])
    _tell_how_they_came(page.rows, waiting)
    context = {
        "circle": circle,
        "membership": membership,
        "page": page,
        "joiners": waiting,
        "trouble": trouble,
    }
    # Keepers come first in the list: a single one is the first of all.
    only_one = page.number == 1 and sum(member.is_keeper for member in page.rows) == 1
    context |= {"rings": Ring.choices, "only_one_keeper": only_one}
    return render(request, "circles/members.html", context, status=status)


def _tell_how_they_came(members, waiting):
    asked, at = Application.objects.of([*members, *waiting]), timezone.now()
    for member in members:
        member.asked = asked[member.pk]
        member.came = next((one for one in member.asked if one.admitted_at == member.joined_at), None)
        member.check_holds = member.is_checked(at=at)
    for joiner in waiting:
        joiner.earlier = [one for one in asked[joiner.pk] if one.state != "open"]


@require_POST
@for_keepers
def circle_place(request, circle):
    """Say how near several members stand, all at once."""
    ring, chosen = _ring(request), _chosen(request, circle)
    if not chosen:
        membership = circle.memberships.select_related("circle").get(person=request.user)
        return _kept_members(request, membership, trouble=_("Choose at least one person first."), status=422)
    left_out = circle.place(chosen, ring, by=request.user, at=timezone.now())
    if placed := len(chosen) - len(left_out):
        words = ngettext("%(number)d person stands there now.", "%(number)d people stand there now.", placed)
        messages.success(request, words % {"number": placed})
    for membership in left_out:
        words = _("%(name)s is no longer in this circle and was left out.")
        messages.warning(request, words % typed(name=membership.person))
    return redirect(safe_next(request, otherwise=_members_page(circle)))


def _chosen(request, circle):
    """The memberships whose boxes were ticked; 404 when one of them is not of this circle."""
    typed = set(request.POST.getlist("member"))
    if any(typed_id(number) is None for number in typed):
        raise Http404
    chosen = list(circle.memberships.filter(pk__in=typed).select_related("person", "circle"))
    if len(chosen) < len(typed):
        raise Http404
    return chosen


def _ring(request):
    ring = request.POST.get("ring", "")
    if ring not in {str(value) for value in Ring.values}:
        raise Http404
    return Ring(int(ring))


def _members_page(circle):
    return f"{circle.get_absolute_url()}members/"
