"""All my circles, and starting one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Count, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ..forms import StartForm
from ..models import Circle, CircleKind, JoinRule, LeftInPeace, Membership, Role, SentForm
from .access import for_verified
from .consent import NOT_WRITTEN_DOWN_NOW


@login_required
def circles(request):
    """The circles that I am in, those that were put away, and those that I asked to join. One query."""
    memberships = list(_mine(request.user))
    current = [membership for membership in memberships if membership.is_current]
    page = {
        "memberships": [membership for membership in current if not membership.circle.archived_at],
        "put_away": [membership for membership in current if membership.circle.archived_at],
        "waiting": [membership for membership in memberships if membership.state == "waiting"],
    }
    return render(request, "circles/circles.html", page)


def _mine(person):
    mine = person.memberships.in_sight()
    mine = mine.current() | mine.waiting()
    in_circle = Membership.objects.filter(circle=OuterRef("circle")).order_by()
    current = in_circle.current()
    # As many as stand in the list: a number must not tell that somebody is missing there.
    members = Case(
        When(role=Role.KEEPER, then=_number_of(current)), default=_number_of(current.seen_by(person))
    )
    return (
        mine.select_related("circle__consent")
        .annotate(members=members, joiners=_number_of(in_circle.waiting()))
        .order_by("circle__name", "pk")
    )


def _number_of(memberships):
    numbers = memberships.values("circle").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(numbers), 0)


@login_required
@for_verified
def circle_new(request):
    """Start a circle from one of three."""
    request.user.require_verified()
    form = StartForm(
        request.POST or None,
        by=request.user,
        initial={"kind": CircleKind.PERSONAL, "join_rule": JoinRule.APPROVAL},
    )
    try:
        if form.is_valid():
            return _start(request, form)
    except LeftInPeace:
        form.add_error(None, NOT_WRITTEN_DOWN_NOW)
    return render(request, "circles/new.html", {"form": form}, status=422 if form.errors else 200)


def _start(request, form):
    at = timezone.now()
    circle = Circle.objects.start(by=request.user, at=at, time_zone=request.user.time_zone, **form.circle())
    SentForm.objects.note(form, page=circle.get_absolute_url(), at=at)
    if not circle.is_agreed:
        messages.success(request, _("Your circle is there. Nobody sees it but you."))
        return redirect("circle_consent", circle.pk)
    messages.success(request, _("Your circle is there. Now invite the first people."))
    return redirect(circle)
