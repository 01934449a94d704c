"""Circles, members, invitations, failed mail and the journal, for those who keep the circles."""

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from circles.models import (
    Circle,
    Invitation,
    JournalEntry,
    LastKeeper,
    Membership,
    PutAway,
    Report,
    Ring,
    StruckOut,
)
from supportnet.notices import kinds
from supportnet.notices.direction import joined, typed
from supportnet.notices.models import Notice
from supportnet.panel.admin import Standing, Verb, organizers

from .forms import RingForm, UntilForm
from .journaled import Journaled, KeptCircle
from .words import in_words

PUT_AWAY = _("This circle was put away. A keeper can take it up again.")
LAST_KEEPER = _("A circle needs a keeper. Make somebody else a keeper first.")


def _struck_out(situation):
    words = gettext("%(name)s has struck this person out, so only they can let them in.")
    return words % typed(name=situation.circle.consent)


@admin.register(Circle, site=organizers)
class CircleAdmin(Journaled):
    """The circles that the reader keeps."""

    weight = 80
    list_display = ["name", "kind", "where", "created_at", "archived_at"]
    list_select_related = ["consent"]
    search_fields = ["name"]
    fields = [
        *("name", "kind", "description", "around", "area", "time_zone"),
        *("join_rule", "listed", "how_checked", "created_at", "archived_at"),
    ]

    verbs = (
        Verb(
            "put-away",
            _("Put it away"),
            lambda circle, *, by, at: circle.archive(by=by, at=at),
            done=_("Put away. You can take it up again at any time."),
            when=lambda circle: circle.archived_at is None,
            hint=_(
                "What is asked there is called off, invitations end, who waits is told kindly, and members hear of it."
            ),
        ),
        Verb(
            "take-up",
            _("Take it up again"),
            lambda circle, *, by, at: circle.take_up_again(by=by, at=at),
            done=_("The circle is in use again. Invitations that ended can be made anew."),
            when=lambda circle: circle.archived_at is not None,
        ),
    )

    def get_fields(self, request, obj=None):
        """Of a circle whose yes was taken back nothing about whom it is around."""
        hidden = obj is not None and obj.consent_id and obj.consent.is_taken_back
        return ["name", "kind", "created_at", "archived_at"] if hidden else self.fields

    @admin.display(description=_("area"))
    def where(self, circle):
        """Its area, unless the yes was taken back."""
        return circle.area if circle.is_agreed else ""


class MembershipStanding(Standing):
    """Who waits, who is in, who left."""

    standings = {
        "waiting": (_("Waiting"), lambda rows: rows.waiting()),
        "current": (_("Members"), lambda rows: rows.current()),
        "keepers": (_("Keepers"), lambda rows: rows.keepers()),
        "new": (_("Without a first contact"), lambda rows: rows.current().filter(first_contact_at=None)),
        "checked": (_("Checked"), lambda rows: rows.checked(on=timezone.localdate())),
        "aside": (_("Quietly set aside"), lambda rows: rows.current().exclude(excluded_at=None)),
        "ended": (_("Left or removed"), lambda rows: rows.exclude(left_at=None, removed_at=None)),
    }


def _place(ring):
    return lambda membership, *, by, at: membership.place(ring, by=by, at=at)


# What keepers note about a member; nobody else learns of it, but for the member's own check.
NOTES = (
    Verb(
        "contact",
        _("First contact done"),
        lambda membership, *, by, at: membership.note_contact(by=by, at=at),
        done=_("Noted. Only keepers see it."),
        when=lambda membership: membership.is_current and not membership.first_contact_at,
        bulk=True,
    ),
    Verb(
        "no-contact",
        _("No first contact yet"),
        lambda membership, *, by, at: membership.forget_contact(by=by, at=at),
        done=_("Noted. Only keepers see it."),
        when=lambda membership: membership.is_current and membership.first_contact_at,
    ),
    Verb(
        "check",
        _("Checked until …"),
        lambda membership, *, by, at, until: membership.note_check(by=by, until=until, at=at),
        done=_("Noted. Besides the keepers, only the member sees it."),
        when=lambda membership: membership.is_current,
        form=UntilForm,
    ),
    Verb(
        "end-check",
        _("No longer checked"),
        lambda membership, *, by, at: membership.end_check(by=by, at=at),
        done=_("They no longer count as checked."),
        when=lambda membership: membership.is_current and membership.checked_until,
        bulk=True,
    ),
    Verb(
        "exclude",
        _("Set quietly aside"),
        lambda membership, *, by, at: membership.exclude(by=by, at=at),
        done=_("They are quietly set aside and are not told."),
        when=lambda membership: (
            membership.is_current and not membership.is_keeper and not membership.excluded_at
        ),
        hint=_(
            "They stay in the circle, find every place taken already, and hear of nothing new. Nobody tells them."
        ),
    ),
    Verb(
        "include",
        _("Take back among the others"),
        lambda membership, *, by, at: membership.include_again(by=by, at=at),
        done=_("They stand among the others again and are not told."),
        when=lambda membership: membership.is_current and membership.excluded_at,
        bulk=True,
    ),
)


@admin.register(Membership, site=organizers)
class MembershipAdmin(Journaled):
    """Members and those who wait at the door."""

    weight = 40
    list_display = ["person", "circle", "standing", "ring", "role", "asked_at", "joined_at"]
    list_filter = [MembershipStanding, KeptCircle, "ring", "role"]
    list_select_related = ["person", "circle"]
    search_fields = ["person__name"]
    ordering = ["-asked_at", "-pk"]
    fields = [
        *("person", "circle", "standing", "ring", "role", "how_they_came", "asked"),
        *("first_contact_at", "checked_by", "checked_until", "excluded_at"),
        *("asked_at", "joined_at", "declined_at", "left_at", "removed_at"),
    ]
    readonly_fields = ["standing", "how_they_came", "asked"]
    situations = {LastKeeper: LAST_KEEPER, StruckOut: _struck_out, PutAway: PUT_AWAY}
    verbs = (
        Verb(
            "admit",
            _("Let in"),
            lambda membership, *, by, at: membership.admit(by=by, at=at),
            done=_("They are in, and have been told."),
            when=lambda membership: membership.state == "waiting",
            bulk=True,
        ),
        Verb(
            "decline",
            _("Not now"),
            lambda membership, *, by, at: membership.decline(by=by, at=at),
            done=_("They have been told kindly, and may ask again."),
            when=lambda membership: membership.state == "waiting",
            hint=_("They are told in kind words that it does not fit now. They may ask again later."),
            bulk=True,
        ),
        Verb(
            "place",
            _("Choose the ring"),
            lambda membership, *, by, at, ring: membership.place(ring, by=by, at=at),
            done=_("Placed. Nobody but the keepers learns of it."),
            when=lambda membership: membership.is_current,
            form=RingForm,
        ),
        *(
            Verb(
                f"place-{ring.name.lower()}",
                label,
                _place(ring),
                done=_("Placed. Nobody but the keepers learns of it."),
                when=lambda membership, ring=ring: membership.is_current and membership.ring != ring,
                bulk=True,
            )
            for ring, label in (
                (Ring.INNER, _("Place in the inner ring")),
                (Ring.CLOSE, _("Place in the close ring")),
                (Ring.EVERYONE, _("Place in the ring of everyone")),
            )
        ),
        *NOTES,
        Verb(
            "keeper",
            _("Make a keeper"),
            lambda membership, *, by, at: membership.make_keeper(by=by, at=at),
            done=_("They keep the circle with you now."),
            when=lambda membership: (
                membership.is_current and not membership.is_keeper and not membership.person.is_by_phone
            ),
            hint=_("A keeper sees everything in the circle, addresses and names included."),
        ),
        Verb(
            "member",
            _("Make a member again"),
            lambda membership, *, by, at: membership.make_member(by=by, at=at),
            done=_("They are a member and keep the circle no more."),
            when=lambda membership: membership.is_keeper,
            hint=_("They stay in the circle but keep it no more."),
        ),
        Verb(
            "remove",
            _("Remove from the circle"),
            lambda membership, *, by, at: membership.remove(by=by, at=at),
            done=_("They are no longer in the circle."),
            when=lambda membership: membership.is_current,
            hint=_("What they promised for the days ahead becomes free again, and whoever asked is told."),
        ),
    )

    @admin.display(description=_("state"))
    def standing(self, membership):
        """Where they stand, in a word."""
        return {
            "current": _("Member"),
            "waiting": _("Waiting"),
            "removed": _("Removed"),
            "left": _("Left"),
            "declined": _("Declined"),
        }.get(membership.state, "")

    @admin.display(description=_("how they came"))
    def how_they_came(self, membership):
        """By whose invitation, if by any; while they wait, whether that says anything any more."""
        if not membership.via:
            return None
        by = membership.via.invited_by
        if membership.state == "waiting" and not membership.via.is_vouched_for():
            by = gettext("%(name)s, who no longer keeps this circle") % typed(name=by)
        return joined([by, membership.via], ": ")

    @admin.display(description=_("what they said when they asked"))
    def asked(self, membership):
        """Each time that they asked to join, newest first, with what came of it and their answers."""
        asked = membership.applications.select_related("decided_by")
        return format_html_join(
            "", "<p>{}<br>{}</p>", ((_outcome(one), in_words(one.answers)) for one in asked)
        )


def _outcome(application):
    words = {
        "by rule": _("came in by the rule that everybody may join"),
        "admitted": _("let in"),
        "declined": _("not now"),
        "taken back": _("taken back"),
        "open": _("waiting"),
    }[application.state]
    day = date_format(timezone.localtime(application.asked_at), "SHORT_DATE_FORMAT")
    return joined((part for part in (day, words, application.decided_by) if part), " · ")


@admin.register(Invitation, site=organizers)
class InvitationAdmin(Journaled):
    """Ways into the circles, without their secret."""

    list_display = ["__str__", "circle", "invited_by", "uses_left", "expires_at", "revoked_at", "lapsed_at"]
    list_filter = [KeptCircle]
    list_select_related = ["circle", "invited_by"]
    fields = [
        *("circle", "invited_by", "email", "name", "how_they_know"),
        *("ring", "uses_left", "created_at", "expires_at", "revoked_at", "lapsed_at"),
    ]
    verbs = (
        Verb(
            "revoke",
            _("Take it back"),
            lambda invitation, *, by, at: invitation.revoke(by=by, at=at),
            done=_("It opens nothing any more. Whoever joined by it stays."),
            when=lambda invitation: invitation.revoked_at is None,
            hint=_("The link opens nothing any more. Whoever joined by it stays."),
            bulk=True,
        ),
    )


@admin.register(Notice, site=organizers)
class NoticeAdmin(Journaled):
    """Mail that failed for good, with the reason and without its words."""

    weight = 60
    list_display = ["what", "to_whom", "circle", "failed_at", "error"]
    fields = ["what", "to_whom", "circle", "created_at", "failed_at", "attempts", "error"]
    readonly_fields = ["what", "to_whom", "circle"]
    list_select_related = ["reader"]
    ordering = ["-failed_at"]
    verbs = (
        Verb(
            "again",
            _("Try again"),
            lambda notice, *, by, at: notice.send_again(at=at),
            done=_("It goes out with the next mail."),
            bulk=True,
        ),
    )

    def get_queryset(self, request):
        """What failed in the circles that the reader keeps."""
        kept = Circle.objects.kept_by(request.user).values("pk")
        return Notice.objects.failed().filter(circle_id__in=kept).order_by(*self.ordering)

    def name_of(self, notice):
        """The kind of mail and its reader; its key is nobody's business."""
        return joined([self.what(notice), self.to_whom(notice)], " · ")

    @admin.display(description=_("what"))
    def what(self, notice):
        """The kind of mail."""
        kind = kinds.kind_named(notice.kind)
        return (kind and kind.label) or notice.kind

    @admin.display(description=_("to whom"))
    def to_whom(self, notice):
        """The person, or that it was an invitation to an address."""
        return notice.reader or _("An invited address")

    @admin.display(description=_("circle"))
    def circle(self, notice):
        """The circle that it was about."""
        return Circle.objects.filter(pk=notice.circle_id).values_list("name", flat=True).first()


@admin.register(JournalEntry, site=organizers)
class JournalAdmin(Journaled):
    """Who did what in the circles; only to be read."""

    weight = 70
    list_display = ["at", "actor", "verb", "subject", "circle"]
    list_filter = [KeptCircle]
    list_select_related = ["actor", "circle"]
    search_fields = ["actor__name", "verb", "subject"]
    fields = ["at", "actor", "verb", "subject", "circle", "details"]
    ordering = ["-at", "-pk"]

    def get_queryset(self, request):
        """What was done in the circles that the reader keeps, but for reports about themselves."""
        kept = Circle.objects.kept_by(request.user).values("pk")
        about_reader = Report.objects.subjects_about(request.user)
        rows = JournalEntry.objects.filter(circle__in=kept).exclude(subject__in=about_reader)
        return rows.order_by(*self.ordering)
