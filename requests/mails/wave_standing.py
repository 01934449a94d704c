"""How whoever is told of a wave stands to what is asked, and why they are not told after all."""

from circles.mails.guard_blocks import UNSEEN
from circles.models import Block, Hears, Membership
from supportnet.notices.models import NOT_BY_MAIL

from ..models import HelpRequest
from .claim_base import askers

# Kept in `Notice.dropped_because`, which only staff read: so they are not translated.
OUT_OF_SIGHT = "The reader can't see the request any more."
TAKEN = "No place is open any more."


def _standing(help_requests, waves, readers):
    """{(circle, reader): current membership}, and (request, reader) where the request is kept from the reader.

    A circle that is asked has set them aside, or its own has removed them; and who asks is not asked.
    """
    asked = {(wave.help_request_id, wave.circle_id) for wave in waves if wave.circle_id}
    own = {(help_request.pk, help_request.circle_id) for help_request in help_requests}
    asked |= own
    theirs = Membership.objects.filter(circle__in={circle for _, circle in asked}, person__in=readers)
    near = {(m.circle_id, m.person_id): m for m in theirs}
    kept_from = {
        (pk, reader)
        for (circle, reader), membership in near.items()
        if membership.excluded_at or membership.removed_at
        for pk, asks in (asked if membership.excluded_at else own)
        if asks == circle
    }
    for help_request in help_requests:
        kept_from |= {(help_request.pk, help_request.asker_id), (help_request.pk, help_request.posted_by_id)}
    return {pair: membership for pair, membership in near.items() if membership.is_current}, kept_from


def _behind_a_block(about, *, at):
    """{notice number: reason} of what is asked quietly by somebody whom the reader knows behind it and is parted from.

    `about` is {notice: help request}. One query for all blocks, and the rule itself for each of the few it may concern.
    """
    quiet = {notice: help_request for notice, help_request in about.items() if help_request.quietly}
    pairs = {(notice, asker) for notice, asked in quiet.items() for asker in askers(asked)}
    parted = Block.objects.among((notice.reader_id, asker) for notice, asker in pairs)
    return {
        notice.pk: UNSEEN
        for notice in {notice for notice, asker in pairs if (notice.reader_id, asker) in parted}
        if not HelpRequest.objects.visible_to(notice.reader, at=at).filter(pk=quiet[notice].pk).exists()
    }


def _reason(help_request, reader, waves, near, at):
    """Why this reader is not to be told of the request, or an empty string."""
    reached = False
    for wave in waves:
        if wave.help_request_id != help_request.pk or wave.opened_at is None or wave.opened_at > at:
            continue
        if wave.listed_until is None or wave.listed_until <= at:
            return TAKEN
        by_name = wave.person_id == reader
        membership = near.get((help_request.circle_id if by_name else wave.circle_id, reader))
        if membership and (by_name or wave.ring and membership.ring <= wave.ring):
            reached = True
            if membership.hears != Hears.NEVER:
                return ""
    return NOT_BY_MAIL if reached else OUT_OF_SIGHT
