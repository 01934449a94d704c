"""What happens with a promise: made, accepted, declined, given back, late."""

import datetime as dt
from collections import defaultdict

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from circles.models import Membership
from supportnet.notices.kinds import register
from supportnet.notices.models import Notice
from supportnet.notices.models.notice import ONLY_MAIL_FAILED

from .. import ical
from ..models import Claim
from .about_claim import AboutClaim
from .own_requests import AboutOwnRequest

GONE = "The promise does not stand any more."
OVER = "It is over."
DAY = dt.timedelta(days=1)


def is_long_over(slot, *, at):
    """Whether its time has passed for more than a day: then nobody wonders any more."""
    return slot.is_over(at=at - DAY)


def never_told(pairs, kinds):
    """{notice number: reason} where no notice of `kinds` about the promise has reached anybody, and none will any more.

    Two that cancel each other are not sent. Who made the promise themselves, or wants no such mail, knows of it.
    """
    claims = {claim.pk: claim for _, claim in pairs}
    news = Notice.objects.filter(kind__in=kinds, cause_id__in=claims)
    news = news.filter(reader__in=_whom_it_concerns(claims.values()))
    about = defaultdict(list)
    for one in news.values(
        "cause_id", "created_at", "sent_at", "seen_at", "dropped_because", "leased_until", "lease"
    ):
        if one["created_at"] >= claims[one["cause_id"]].claimed_at:
            about[one["cause_id"]].append(one)
    return {
        notice.pk: "The reader never heard of the promise."
        for notice, claim in pairs
        if claim.made_by_id != notice.reader_id
        and about[claim.pk]
        and not any(_is_known(one, notice) for one in about[claim.pk])
    }


def _whom_it_concerns(claims):
    """The ids of those whom somebody's promise is news for."""
    return {
        person
        for claim in claims
        for person in (claim.person_id, claim.help_request.asker_id, claim.help_request.posted_by_id)
    }


def _is_known(news, notice):
    """Whether what `news` says has been read, or may be: it was sent, shown, or is on its way by another deliverer."""
    on_its_way = news["lease"] is not None and news["lease"] != notice.lease
    return bool(
        news["sent_at"] or news["seen_at"] or on_its_way or news["dropped_because"] in ONLY_MAIL_FAILED
    )


@register
class ClaimConfirmed(AboutClaim):
    """To the helper: the place is theirs."""

    name = "claim_confirmed"
    label = _("What you promised")
    collects = dt.timedelta(minutes=10)
    own_acts_count = True

    def still_true(self, cause, notice, at):
        """While the promise stands and is ahead."""
        if not cause.is_accepted or cause.slot.cancelled_at:
            return GONE
        return OVER if cause.slot.is_over(at=at) else ""

    def apart(self, cause):
        """One mail says in one way whose doing it is: the reader's own, the yes of one asker, or a keeper's."""
        if cause.help_request.needs_yes:
            return "yes", cause.help_request.asker_id
        return None if cause.made_by_id == cause.person_id else ("keeper", cause.made_by_id)

    def may_wake(self, cause, notice, at):
        """Whoever just pressed the button is awake."""
        return self._own_act(cause) or super().may_wake(cause, notice, at)

    def context(self, causes, notices, reader, at):
        """Whether the reader did it, a keeper signed them up, or the asker said yes."""
        context = super().context(causes, notices, reader, at)
        claim = context["claim"]
        said_yes = claim.help_request.needs_yes
        signed_up_by = claim.made_by if claim.made_by != claim.person else None
        askers = {claim.help_request.asker_id for claim in context["claims"]}
        return {
            **context,
            "said_yes": said_yes,
            "signed_up_by": signed_up_by,
            "has_one_asker": len(askers) == 1,
        }

    def attachments(self, causes, notices, reader, at):
        """One calendar file with all of them."""
        return ical.attachment(causes, at=at)

    def _own_act(self, claim):
        return claim.made_by_id == claim.person_id and not claim.help_request.needs_yes


@register
class RequestClaimed(AboutOwnRequest, AboutClaim):
    """To the asker: somebody promised to come, or offers to and waits for a yes."""

    name = "request_claimed"
    label = _("Somebody promised to help")
    collects = dt.timedelta(minutes=10)

    def still_true(self, cause, notice, at):
        """While the promise stands and is ahead."""
        if not cause.is_live or cause.slot.cancelled_at:
            return GONE
        return super().still_true(cause, notice, at) or (OVER if cause.slot.is_over(at=at) else "")

    def context(self, causes, notices, reader, at):
        """How many wait for a yes; each line says what is so of it."""
        context = super().context(causes, notices, reader, at)
        return {**context, "waiting": sum(claim.accepted_at is None for claim in context["claims"])}

    def url(self, cause):
        """The request: there the asker says yes."""
        return cause.help_request.get_absolute_url()


@register
class ClaimDeclined(AboutClaim):
    """To the helper: not this time."""

    name = "claim_declined"
    label = _("An answer to your offer")

    def still_true(self, cause, notice, at):
        """Unless they offered once more since."""
        return "" if cause.declined_at else "The answer has changed since."

    def url(self, cause):
        """Home: there is nothing more to do about it."""
        return "/"


@register
class ClaimReleased(AboutClaim):
    """To the asker, on short notice to keepers: a place is open again.

    For a day also when its time has passed: somebody may have waited.
    """

    name = "claim_released"
    label = _("A place is open again")
    collects = dt.timedelta(minutes=1)

    def still_true(self, cause, notice, at):
        """Unless they promised anew, it was called off, or is long over."""
        if cause.slot.cancelled_at or is_long_over(cause.slot, at=at):
            return "It is over, or was called off."
        promised_again = cause.is_live and "stands" not in notice.facts
        return "The helper promised again." if promised_again else ""

    def apart(self, cause):
        """One mail is about one helper."""
        return cause.person_id

    def reasons_against(self, pairs, at):
        """Whoever keeps the circle no more is not told what goes on in it.

        That two do not see each other any more does not count: whoever asks must know that nobody comes.
        """
        keepers = Membership.objects.keepers().filter(
            circle__in={claim.help_request.circle_id for _, claim in pairs},
            person__in={notice.reader_id for notice, _ in pairs},
        )
        keepers = set(keepers.values_list("circle", "person"))
        strangers = {
            notice.pk: "The reader does not keep this circle any more."
            for notice, claim in pairs
            if not claim.help_request.is_run_by(notice.reader)
            and (claim.help_request.circle_id, notice.reader_id) not in keepers
        }
        return strangers | self.not_agreed(pairs) | self.unheard_of(pairs)

    def unheard_of(self, pairs):
        """{notice number: reason} of promises that came and went unheard of: no word of those is needed."""
        return never_told(pairs, ("request_claimed", "cover_taken"))

    def context(self, causes, notices, reader, at):
        """Whether the reader asks all of it, or keeps the circle; and whether it is over, or still to be had."""
        is_asker = all(claim.help_request.is_run_by(reader) for claim in causes)
        about = {
            "is_asker": is_asker,
            "is_late": all(claim.slot.is_over(at=at) for claim in causes),
            "is_open": all(claim.slot.is_open(at=at) for claim in causes),
            "waiting": 0,
        }
        return {**super().context(causes, notices, reader, at), **about}

    def url(self, cause):
        """The request."""
        return cause.help_request.get_absolute_url()


@register
class PartyChanged(ClaimReleased):
    """To the asker: more or fewer come with somebody than they said; of fewer, on short notice to keepers."""

    name = "party_changed"
    label = _("More or fewer come than promised")

    def still_true(self, cause, notice, at):
        """While they come, in another number than before."""
        if not cause.is_accepted or cause.slot.cancelled_at or cause.slot.is_over(at=at):
            return GONE
        return "As many come as before." if cause.party_size == notice.facts["was"] else ""

    def context(self, causes, notices, reader, at):
        """How many came before any of these changes, and how many do now."""
        claim = causes[0]
        was = next(
            notice.facts["was"] for cause, notice in zip(causes, notices, strict=True) if cause == claim
        )
        fewer = max(was - claim.party_size, 0)
        return {**super().context(causes, notices, reader, at), "was": was, "fewer": fewer}


@register
class ClaimInDoubt(ClaimReleased):
    """To all keepers: somebody who promised was set aside, or their check has ended. What becomes of it?"""

    name = "claim_in_doubt"
    label = _("A promise to decide about")
    own_acts_count = True

    def still_true(self, cause, notice, at):
        """While it stands and is ahead."""
        return "" if cause.is_live and not cause.slot.cancelled_at and not cause.slot.is_over(at=at) else GONE

    def reasons_against(self, pairs, at):
        """Until a keeper has decided, or there is nothing to decide any more."""
        in_doubt = set(
            Claim.objects.in_doubt(at=at).filter(pk__in={claim.pk for _, claim in pairs}).values_list("pk")
        )
        decided = {notice.pk: "It is decided." for notice, claim in pairs if (claim.pk,) not in in_doubt}
        return decided | super().reasons_against(pairs, at)

    def unheard_of(self, pairs):
        """Nothing: the promise stands, and somebody has to decide."""
        return {}

    def url(self, cause):
        """The promise's page: there they decide."""
        return cause.get_absolute_url()


@register
class GivenBack(AboutClaim):
    """To the helper: a keeper gave their place back for them."""

    name = "given_back"
    label = _("Your place was given back for you")
    collects = dt.timedelta(minutes=1)

    def people(self, cause, reader_id):
        """Nobody: whoever is not expected any more must know, also of somebody whom they do not see."""
        return ()

    def still_true(self, cause, notice, at):
        """Unless they promised anew, or it is over."""
        if cause.is_live:
            return "The reader promised again."
        return OVER if cause.slot.is_over(at=at) else ""

    def reasons_against(self, pairs, at):
        """Whoever never heard that they were signed up need not hear that they are free."""
        return super().reasons_against(pairs, at) | never_told(pairs, ("claim_confirmed",))

    def attachments(self, causes, notices, reader, at):
        """Takes them out of the reader's calendar."""
        return ical.attachment(causes, at=at)


@register
class CallHelper(ClaimReleased):
    """To whoever signed up a helper who gets no mail, else to all keepers: they must hear of it by phone."""

    name = "call_helper"
    label = _("Somebody without e-mail is to be called")
    collects = waits = dt.timedelta(minutes=5)
    own_acts_count = True

    def unheard_of(self, pairs):
        """Nothing: whom they call may have heard of it by phone."""
        return {}

    def still_true(self, cause, notice, at):
        """Until it is over; and of what was moved or changed, only while they still come."""
        if cause.slot.is_over(at=at):
            return "It is over."
        still_comes = cause.is_live and not cause.slot.cancelled_at
        return GONE if {"moved", "changed"} & set(notice.facts) and not still_comes else ""

    def url(self, cause):
        """The members of the circle: there is their number."""
        return reverse("circle_members", args=[cause.help_request.circle_id])


@register
class ClaimLate(AboutClaim):
    """To the asker: somebody comes later."""

    name = "claim_late"
    label = _("Somebody runs late")
    quiet = False

    def still_true(self, cause, notice, at):
        """Until it is over, unless they come on time after all."""
        if not cause.is_live or cause.slot.cancelled_at:
            return GONE
        if cause.late_at is None:
            return "They come on time after all."
        return "It is over." if cause.slot.is_over(at=at) else ""

    def may_wake(self, cause, notice, at):
        """Always: somebody waits at the door."""
        return True

    def url(self, cause):
        """The request."""
        return cause.help_request.get_absolute_url()
