"""One circle."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from supportnet.notices.text_direction import typed

from .. import hooks
from ..forms import CircleForm, HearsForm
from ..models import LastKeeper
from .access import even_when_taken_back, for_keepers, for_members, safe_next, while_in_use

# Of those who wait; the next ones come when a keeper has answered.
LONGEST_LIST = 50
# More than there ever are. Without a limit PostgreSQL expects thousands of them in a circle of 50,000, and starts
# further processes to look for them: 8 ms instead of 0.03.
MOST_KEEPERS = 200


@for_members
def circle_page(request, membership, *, more=None):
    """The circle's page. `more(request, circle, membership)` adds to the context what the next room knows.

    Three queries: the membership with its circle, the keepers, and for a keeper who waits to join.
    """
    circle = membership.circle
    page = {
        "circle": circle,
        "membership": membership,
        "keepers": [keeping.person for keeping in circle.keepers()[:MOST_KEEPERS]],
        "joiners": tell_whom_they_look_like(circle, joiners(membership)),
        "is_checked": membership.is_checked(at=timezone.now()),
        "hears_form": HearsForm(instance=membership),
    }
    return render(request, "circles/circle.html", page | (more(request, circle, membership) if more else {}))


def joiners(membership):
    """Whoever waits at the door, for a keeper; nobody, for others. One query."""
    if not membership.is_keeper:
        return []
    waiting = membership.circle.memberships.waiting().with_answers().with_who_vouches()
    return list(waiting.select_related("person", "via__invited_by").order_by("asked_at", "pk")[:LONGEST_LIST])


def tell_whom_they_look_like(circle, memberships):
    """The memberships, each with `looks_like`: the name of a member for whom they could be taken, or nothing."""
    people = [membership.person for membership in memberships]
    newcomers = [membership.person for membership in memberships if not membership.is_current]
    alike = circle.members_looking_like(people, newcomers=newcomers)
    for membership in memberships:
        membership.looks_like = alike.get(membership.person.name, "")
    return memberships


def circle(request, pk):
    """The circle's page without the open requests, which the next room adds."""
    return circle_page(request, pk)


@for_keepers
@while_in_use
def circle_edit(request, circle):
    """Change what the circle is called and what it is for; of another clock the effect is shown first."""
    at, effect = timezone.now(), []
    form = CircleForm(request.POST or None, instance=circle)
    if form.is_valid():
        effect = _effect_of_zone(request, circle, form, at=at)
        if not effect:
            _edit(request, circle, form.changes(), at=at)
            return redirect(circle)
    # A form writes what was typed onto its instance, even what is wrong: the heading shows what is stored.
    page = {"form": form, "name": form.initial["name"], "pk": circle.pk, "effect": effect}
    return render(request, "circles/edit.html", page, status=422 if form.is_bound else 200)


def _edit(request, circle, changes, *, at):
    goes_further = circle.without_struck_fields(changes, by=request.user) != changes
    circle.edit(by=request.user, at=at, **changes)
    messages.success(request, _("Saved."))
    if goes_further:
        words = _("What %(name)s has not agreed to was left out.")
        messages.info(request, words % typed(name=circle.consent))


def they_struck_out(circle):
    """What to say to a keeper who would let in somebody whom the circle's own person does not want in it."""
    return _("%(name)s has struck this person out, so only they can let them in.") % typed(
        name=circle.consent
    )


def _effect_of_zone(request, circle, form, *, at):
    """What whoever changes the time zone has not read yet, as sentences."""
    zone = form.changes().get("time_zone")
    if zone is None or zone == request.POST.get("sure"):
        return []
    return hooks.effect_of_circle_zone(circle, was=form.initial["time_zone"], zone=zone, at=at)


@require_POST
@for_members
def circle_hears(request, membership):
    """How I hear of new requests in this circle."""
    form = HearsForm(request.POST, instance=membership)
    if form.is_valid():
        membership.hear(**form.cleaned_data)
        if not request.htmx:
            messages.success(request, _("Saved."))
            return redirect(safe_next(request, otherwise=membership.circle.get_absolute_url()))
    page = {"form": form, "saved": form.is_valid(), "next": safe_next(request, otherwise="")}
    return render(request, "circles/_hears.html", page, status=422 if form.errors else 200)


@for_members
@even_when_taken_back
def circle_leave(request, membership):
    """Ask once, then leave. The last keeper names another one first."""
    circle = membership.circle
    if request.method == "POST":
        try:
            membership.leave(at=timezone.now())
        except LastKeeper:
            return _leave_page(request, membership, status=422)
        messages.success(request, _("You have left %(circle)s.") % typed(circle=circle))
        return redirect("circles")
    return _leave_page(request, membership)


def _leave_page(request, membership, *, status=200):
    others = membership.circle.keepers().exclude(pk=membership.pk)
    page = {"circle": membership.circle, "is_last_keeper": membership.is_keeper and not others.exists()}
    return render(request, "circles/leave.html", page, status=status)
