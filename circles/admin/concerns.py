"""What of this room stands on Today: who waits at the door, and mail that came back."""

from django.utils.translation import gettext as _

from circles.models import Circle, Membership
from supportnet.notices import kinds
from supportnet.notices.models import Notice
from supportnet.panel.admin import Concern, Section, organizers

from .words import in_words

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
    members = page(Membership)
    rows = [
        Concern(
            text=str(membership.person),
            detail=_would_join(membership),
            action=_("Let in"),
            url=members.verb_url(membership, "admit"),
            more=members.page_of(membership),
            post=True,
        )
        for membership in waiting.order_by("asked_at")[:MOST]
    ]
    return Section(_("Waiting at the door"), 20, rows, waiting.count(), members.list_url("state=waiting"))


def _would_join(membership):
    words = _("would like to join %(circle)s") % {"circle": membership.circle}
    return f"{words} · {in_words(membership.answers)}" if membership.answers else words


def failed_notices(person, at):
    """Mail that failed for good, newest first."""
    kept = Circle.objects.kept_by(person).values("pk")
    failed = Notice.objects.failed().filter(circle_id__in=kept).select_related("reader")
    notices = page(Notice)
    rows = [
        Concern(
            text=str(notice.reader or _("An invited address")),
            detail=f"{_label(notice)} · {notice.error}",
            action=_("Try again"),
            url=notices.verb_url(notice, "again"),
            more=notices.page_of(notice),
            post=True,
        )
        for notice in failed.order_by("-failed_at")[:MOST]
    ]
    return Section(_("Mail that came back"), 30, rows, failed.count(), notices.list_url())


def _label(notice):
    kind = kinds.kind_named(notice.kind)
    return (kind and kind.label) or notice.kind


organizers.concerns += [joiners, failed_notices]
