"""Asking somebody for their yes, and what they said."""

from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import Kind, register

from ..models import Consent, Membership, Refusal
from .guard_blocks import Unseen


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
