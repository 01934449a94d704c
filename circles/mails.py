"""The mails of this room: what people are told about circles."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supportnet.notices.direction import typed
from supportnet.notices.kinds import Kind, register
from supportnet.notices.models import NOT_BY_MAIL

from .models import Circle, Consent, Invitation, Membership, Refusal
from .only_agreed import OnlyAgreed
from .seen_name import name_for
from .unseen import Unseen, readers_of


@register
class Invited(Unseen, Kind):
    """Somebody invites a person into a circle; also to addresses without an account."""

    name = "invitation"
    model = Invitation
    related = ("circle__consent", "invited_by")
    label = _("Invitations")
    needs_verified = False
    has_own_link = from_strangers = True

    def reasons_against(self, pairs, at):
        """While the invitation opens its circle, for one who is not in it yet."""
        told = {cause.pk for _, cause in pairs if cause.circle.is_agreed}
        opens = set(Invitation.objects.usable(at).filter(pk__in=told).values_list("pk", flat=True))
        shut = {n.pk: "The invitation opens nothing any more." for n, cause in pairs if cause.pk not in opens}
        return super().reasons_against(pairs, at) | self._inside_already(pairs) | shut

    def _inside_already(self, pairs):
        readers = readers_of(notice for notice, _ in pairs)
        inside = Membership.objects.current().filter(
            circle__in={cause.circle_id for _, cause in pairs}, person__in=set(filter(None, readers.values()))
        )
        inside = set(inside.values_list("circle", "person"))
        return {
            notice.pk: "The reader is a member already."
            for notice, cause in pairs
            if (cause.circle_id, readers[notice]) in inside
        }

    def people(self, cause, reader_id):
        """Who invites."""
        return {cause.invited_by_id}

    def context(self, causes, notices, reader, at):
        """Who invites, and where to."""
        invitation = causes[0]
        return {"invitation": invitation, "circle": invitation.circle, "inviter": invitation.invited_by}

    def url(self, cause):
        """The page that asks "Continue?"."""
        return cause.get_absolute_url()


@register
class InvitationsEnded(OnlyAgreed, Kind):
    """To the remaining keepers: these ended with the keeping of whoever made them, or with the circle."""

    name = "invitations_ended"
    model = Circle
    related = ("consent",)
    label = _("Invitations that ended")

    def circle_id(self, cause):
        """The circle itself."""
        return cause.pk

    def agreed_about(self, cause):
        """The circle itself."""
        return cause

    def reasons_against(self, pairs, at):
        """To keepers alone, as long as one of the invitations was not made anew."""
        circles, readers = {cause.pk for _, cause in pairs}, {notice.reader_id for notice, _ in pairs}
        keepers = Membership.objects.keepers().filter(circle__in=circles, person__in=readers)
        keep = set(keepers.values_list("circle", "person"))
        lapsed = set(Invitation.objects.lapsed().filter(circle__in=circles).values_list("pk", flat=True))
        waits = set(Membership.objects.waiting().filter(circle__in=circles).values_list("pk", flat=True))
        reasons = {}
        for notice, cause in pairs:
            if (cause.pk, notice.reader_id) not in keep:
                reasons[notice.pk] = "The reader does not keep this circle any more."
            elif not lapsed & set(notice.facts["invitations"]) and not waits & _waiting(notice):
                reasons[notice.pk] = "They were made anew or taken back."
        return super().reasons_against(pairs, at) | reasons

    def context(self, causes, notices, reader, at):
        """The invitations that nobody made anew yet, and who waits by one of that inviter's without an answer."""
        numbers = [number for notice in notices for number in notice.facts["invitations"]]
        ended = Invitation.objects.lapsed().filter(pk__in=numbers).select_related("circle")
        waiting = Membership.objects.waiting().filter(pk__in=set().union(*map(_waiting, notices)))
        waiting = waiting.select_related("person").order_by("asked_at", "pk")
        return {"circle": causes[0], "invitations": list(ended), "waiting": list(waiting)}

    def url(self, cause):
        """Where they are made anew."""
        return reverse("circle_invitations", args=[cause.pk])


def _waiting(notice):
    """The numbers of those who waited by an invitation that ended; older notices name none."""
    return set(notice.facts.get("waiting", ()))


@register
class CirclePutAway(OnlyAgreed, Kind):
    """To the members: nothing goes on in their circle any more."""

    name = "circle_put_away"
    model = Circle
    related = ("consent",)
    label = _("Circles that were put away")

    def circle_id(self, cause):
        """The circle itself."""
        return cause.pk

    def agreed_about(self, cause):
        """The circle itself."""
        return cause

    def still_true(self, cause, notice, at):
        """Unless it was taken up again."""
        return "" if cause.archived_at else "The circle was taken up again."

    def reasons_against(self, pairs, at):
        """To members alone."""
        readers = {notice.reader_id for notice, _ in pairs}
        members = Membership.objects.current().filter(circle__in={c.pk for _, c in pairs}, person__in=readers)
        inside = set(members.values_list("circle", "person"))
        return super().reasons_against(pairs, at) | {
            notice.pk: "The reader is no member any more."
            for notice, cause in pairs
            if (cause.pk, notice.reader_id) not in inside
        }

    def context(self, causes, notices, reader, at):
        """The circle."""
        return {"circle": causes[0]}

    def url(self, cause):
        """The circle, as it was."""
        return cause.get_absolute_url()


@register
class ConsentAsked(Unseen, Kind):
    """To somebody for whom others would like to ask, or whom they named to decide; also without an account."""

    name = "consent_asked"
    model = Consent
    related = ("circle", "asked_by", "owner", "delegate")
    label = _("Asked for your yes")
    needs_verified = False
    has_own_link = from_strangers = True

    def circle_id(self, cause):
        """The care circle; that something is drafted in another one is nobody's business."""
        return cause.around and cause.around.pk

    def still_true(self, cause, notice, at):
        """Until they have answered, and while it is still theirs; for whom they named, as long as nobody else is."""
        if cause.around and cause.around.archived_at:
            return "The circle was put away."
        if notice.facts.get("to") == "delegate":
            if not _is_for(notice, cause.delegate, cause.delegate_email):
                return "Somebody else was named."
            return "They have said no themselves." if cause.is_refused(at=at) else ""
        if not _is_for(notice, cause.owner, cause.email):
            return "It is another's by now."
        answered_at = cause.refused_at or cause.declined_at or cause.withdrawn_at or cause.agreed_at
        if answered_at and answered_at >= cause.asked_at:
            return "They have answered already."
        is_left = Refusal.objects.against(cause, by=cause.asked_by, at=at).exists()
        return "They want to be left in peace." if is_left else ""

    def people(self, cause, reader_id):
        """Who asks."""
        return {cause.asked_by_id}

    def context(self, causes, notices, reader, at):
        """Who asks, for whom, and whether for a circle. No words of theirs but how the two know each other."""
        consent = causes[0]
        return {
            "consent": consent,
            "asker": consent.asked_by,
            "is_circle": consent.around is not None,
            "is_delegate": notices[0].facts.get("to") == "delegate",
        }

    def url(self, cause):
        """The page that shows who would see what."""
        return cause.get_absolute_url()


def _is_for(notice, owner, email):
    """Whether the notice goes to whom the link belongs by now: the person, or the address while nobody proved it."""
    if notice.reader and owner:
        return notice.reader == owner
    goes_to = notice.reader.email if notice.reader else notice.address
    return goes_to == (owner.email if owner else email)


@register
class ConsentGivenForYou(Kind):
    """To somebody for whom others ask: whom they named has said yes for them. They look, and may take it back."""

    name = "consent_given_for_you"
    model = Consent
    related = ("circle", "asked_by", "agreed_by", "owner")
    label = _("A yes that was said for you")
    needs_verified = False
    has_own_link = from_strangers = True

    def circle_id(self, cause):
        """The care circle; what is asked elsewhere is nobody's business there."""
        return cause.around and cause.around.pk

    def still_true(self, cause, notice, at):
        """While that yes stands, and is not their own by now."""
        if not cause.stands or cause.agreed_by_id == cause.owner_id:
            return "The answer has changed since."
        return "" if _is_for(notice, cause.owner, cause.email) else "It is another's by now."

    def context(self, causes, notices, reader, at):
        """Who said it, and who asked."""
        consent = causes[0]
        people = {"by": consent.agreed_by, "asker": consent.asked_by}
        return {"consent": consent, "is_circle": consent.around is not None, **people}

    def url(self, cause):
        """The page that shows who sees what."""
        return cause.get_absolute_url()


@register
class ConsentAnswered(Kind):
    """To whoever asked: yes, no thank you, or taken back."""

    name = "consent_answered"
    model = Consent
    related = ("circle__consent",)
    label = _("Answers from those for whom you ask")

    def circle_id(self, cause):
        """The care circle."""
        return cause.around and cause.around.pk

    def still_true(self, cause, notice, at):
        """Unless they have changed their mind since."""
        said = notice.facts.get("said")
        now = "agreed" if cause.stands else "taken back" if cause.is_taken_back else "declined"
        return "" if said == now else "The answer has changed since."

    def reasons_against(self, pairs, at):
        """Of a care circle to those who still keep it."""
        circles = {cause.around.pk for _, cause in pairs if cause.around}
        readers = {notice.reader_id for notice, _ in pairs}
        keepers = Membership.objects.keepers().filter(circle__in=circles, person__in=readers)
        keep = set(keepers.values_list("circle", "person")) if circles else set()
        return super().reasons_against(pairs, at) | {
            notice.pk: "The reader does not keep this circle any more."
            for notice, cause in pairs
            if cause.around and (cause.around.pk, notice.reader_id) not in keep
        }

    def context(self, causes, notices, reader, at):
        """What they said."""
        consent = causes[0]
        return {
            "consent": consent,
            "said": notices[0].facts.get("said"),
            "is_circle": consent.around is not None,
        }

    def url(self, cause):
        """The circle."""
        return cause.around.get_absolute_url() if cause.around else "/"


class AboutMembership(OnlyAgreed, Kind):
    """What the notices about a membership have in common."""

    model = Membership
    related = ("circle__consent", "person")

    def context(self, causes, notices, reader, at):
        """The memberships, and the circle and person of the first."""
        return {"memberships": causes, "circle": causes[0].circle, "person": causes[0].person}

    def url(self, cause):
        """The circle."""
        return cause.circle.get_absolute_url()


@register
class JoinAsked(AboutMembership):
    """To keepers: somebody would like to join."""

    name = "join_asked"
    label = _("People who want to join")
    topic = "joiners"
    from_strangers = True
    collects = timedelta(hours=1)

    def still_true(self, cause, notice, at):
        """Until a keeper has answered."""
        return "" if cause.state == "waiting" else "Somebody answered already."

    def reasons_against(self, pairs, at):
        """Only keepers are told, and only those who want to hear of it by mail."""
        against = super().reasons_against(pairs, at)
        keepers = Membership.objects.keepers().filter(
            circle__in={cause.circle_id for _, cause in pairs}, person__in={n.reader_id for n, _ in pairs}
        )
        hears = {(m.circle_id, m.person_id): m.hears_of_joiners for m in keepers}
        reasons = {True: "", False: NOT_BY_MAIL, None: "The reader does not keep this circle any more."}
        return {n.pk: reasons[hears.get((cause.circle_id, n.reader_id))] for n, cause in pairs} | against

    def apart(self, cause):
        """Each circle's joiners have a mail of their own, which turns down that circle's alone."""
        return cause.circle_id

    def url(self, cause):
        """Where joiners are let in."""
        return reverse("circle_members", args=[cause.circle_id])

    def turn_down(self, reader, cause):
        """This keeper hears no more of who wants to join this circle."""
        return "heard" if self._hear(reader, cause, False) else ""

    def turn_up(self, reader, cause, was):
        """They hear of it again."""
        self._hear(reader, cause, True)

    def _hear(self, reader, cause, hears):
        other = Membership.objects.filter(circle=cause.circle_id, person=reader, hears_of_joiners=not hears)
        return other.update(hears_of_joiners=hears)

    def turned_down_text(self, cause, reader):
        """What is switched off."""
        circle = name_for(reader, cause.circle_id)
        if circle is None:
            return _("people who want to join the circle")
        return _("people who want to join %(circle)s") % typed(circle=circle)


@register
class JoinAccepted(AboutMembership):
    """A keeper said yes."""

    name = "join_accepted"
    label = _("You are in")

    def still_true(self, cause, notice, at):
        """While they are a member."""
        return "" if cause.is_current else "The reader is no member any more."


@register
class JoinDeclined(AboutMembership):
    """A keeper said no."""

    name = "join_declined"
    label = _("An answer from a circle")
    from_strangers = True

    def still_true(self, cause, notice, at):
        """Unless they were let in after all."""
        return "" if cause.declined_at else "The answer has changed since."

    def url(self, cause):
        """They can't see the circle: to their own circles."""
        return reverse("circles")
