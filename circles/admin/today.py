"""What of this room stands on Today: who waits at the door, and mail that came back."""

from django.utils.translation import gettext as _

from circles.models import Circle, Membership
from supportnet.notices import kinds
from supportnet.notices.models import Notice
from supportnet.notices.text_direction import joined, typed
from supportnet.panel.admin import Concern, Section, organizers

from .words import in_words

# Rows of one section; the rest stands behind "All".
MOST = 20


def page(model):
    """The panel's page for a model of this room or of the outbox."""
    return organizers._registry[model]


def joiners(person, at):
    """Whoever asked to join and has no answer yet, longest first."""
    waiting = (
        Membership.objects.kept_by(person)
        .waiting()
        .in_sight()
        .select_related("person", "circle")
        .with_answers()
    )
    members, shown = page(Membership), list(waiting.order_by("asked_at")[:MOST])
    alike = _looking_like(shown)
    rows = [_at_the_door(one, alike[one.circle].get(one.person.name)) for one in shown]
    return Section(_("Waiting at the door"), 20, rows, waiting.count(), members.list_url("state=waiting"))


def _at_the_door(membership, looks_like):
    return Concern(
        text=str(membership.person),
        detail=_would_join(membership, looks_like),
        action=_("Let in"),
        url=page(Membership).verb_url(membership, "admit"),
        more=page(Membership).page_of(membership),
        post=True,
        seen=page(Membership).stamp(membership),
    )


def _looking_like(memberships):
    """{circle: {name: the member's name that it looks like}}; one query for each circle."""
    at_the_door = {}
    for membership in memberships:
        at_the_door.setdefault(membership.circle, []).append(membership.person)
    return {
        circle: circle.members_looking_like(people, newcomers=people)
        for circle, people in at_the_door.items()
    }


def _would_join(membership, looks_like):
    words = [_("would like to join %(circle)s") % typed(circle=membership.circle)]
    if looks_like:
        words.append(_("looks like %(name)s, in other letters") % typed(name=looks_like))
    if membership.answers:
        words.append(in_words(membership.answers))
    return joined(words, " · ")


def failed_notices(person, at):
    """Mail that failed for good, newest first."""
    kept = Circle.objects.kept_by(person).values("pk")
    failed = Notice.objects.failed().filter(circle_id__in=kept).select_related("reader")
    rows = [_came_back(notice) for notice in failed.order_by("-failed_at")[:MOST]]
    return Section(_("Mail that came back"), 30, rows, failed.count(), page(Notice).list_url())


def _came_back(notice):
    return Concern(
        text=str(notice.reader or _("An invited address")),
        detail=joined([_label(notice), notice.error], " · "),
        action=_("Try again"),
        url=page(Notice).verb_url(notice, "again"),
        more=page(Notice).page_of(notice),
        post=True,
        seen=page(Notice).stamp(notice),
    )


def _label(notice):
    kind = kinds.kind_named(notice.kind)
    return (kind and kind.label) or notice.kind


organizers.concerns += [joiners, failed_notices]
