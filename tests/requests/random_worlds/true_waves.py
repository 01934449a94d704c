"""What a mail about new requests says, held against the database at the moment at which it goes out."""

import re
from collections import Counter

from django.utils import timezone, translation

from circles import time_text
from circles.models import Membership
from requests.models import NotThisTime, Wave

WAVES = {"wave_opened", "wave_elsewhere", "asked_by_name"}
MOST_TIMES = 3


def requests_of(sent):
    """What is asked, each once, in the order of the mail."""
    return list(dict.fromkeys(getattr(cause, "help_request", cause) for cause in sent.causes))


def open_times(sent, help_request):
    """The times at which a place is to be had."""
    slots = help_request.slots.select_related("help_request__circle").in_order()
    return [slot for slot in slots if slot.is_open(at=sent.at)]


def wrong_requests(sent):
    """(what, words) of each line that says of its request what is not so, and of each that should not be there."""
    expected = [(_line(sent, help_request), help_request) for help_request in requests_of(sent)]
    lines, wanted = (
        Counter(re.findall(r"^- (.+)", sent.text, re.MULTILINE)),
        Counter(one for one, _ in expected),
    )
    yield from (("nothing is asked like that", line) for line in lines - wanted)
    yield from (("does not stand there", line) for line in wanted - lines)
    for line, help_request in expected:
        yield from ((why, line) for why in _reasons_against(sent, help_request))


def _line(sent, help_request):
    """The line as it must be: what, for whom, and the next times."""
    with translation.override("en"), timezone.override(sent.reader.zone):
        times = open_times(sent, help_request)
        whens = [_when(slot, sent) for slot in times[:MOST_TIMES]]
        more = " and more" if len(times) > MOST_TIMES else ""
        what = help_request.get_category_display()
        return ", ".join([f"{what}, for {help_request.asker.name}", *whens]) + more


def _when(slot, sent):
    return time_text.when(slot.starts_at, slot.ends_at, zone=slot.own_zone or sent.reader.zone, at=sent.at)


def _reasons_against(sent, help_request):
    reader = sent.reader
    if help_request.closed_at or help_request.cancelled_at:
        yield "it is not asked any more"
    elif not open_times(sent, help_request):
        yield "no place is open"
    if help_request.slots.filter(claims__in=reader.claims.live()).exists():
        yield "the reader helps already"
    if NotThisTime.objects.filter(person=reader, help_request=help_request).exists():
        yield "the reader said “not this time”"
    if reader in (help_request.asker, help_request.posted_by):
        yield "the reader asks it"
    if not _is_reached(sent, help_request):
        yield "no wave reaches the reader"


def _is_reached(sent, help_request):
    theirs = Membership.objects.filter(
        circle=help_request.circle, person=sent.reader, left_at=None, removed_at=None
    )
    membership = theirs.filter(excluded_at=None).exclude(joined_at=None).first()
    opened = Wave.objects.filter(help_request=help_request, opened_at__lte=sent.at)
    return bool(membership) and any(
        wave.person_id == sent.reader.pk or (wave.ring and membership.ring <= wave.ring) for wave in opened
    )


def is_one(sent, *causes):
    """One request, of the person whom the subject names."""
    asked = requests_of(sent)
    return len(asked) == 1 and asked[0].asker.name in sent.subject


def are_so_many(sent, *causes):
    """As many as the subject says."""
    return sent.subject.split()[0] == str(len(requests_of(sent)))


def are_in_one_circle(sent, *causes):
    """All are asked in the circle that the mail names."""
    return all(f"“{asked.circle.name}”" in sent.text for asked in requests_of(sent))


def is_asked_by_name(sent, *causes):
    """Whom the subject names chose the reader by name for each of them, before others."""
    asked = requests_of(sent)
    named = Wave.objects.filter(help_request__in=asked, person=sent.reader, opened_at__lte=sent.at)
    chosen = set(named.values_list("help_request", flat=True))
    return all(one.pk in chosen and sent.subject == f"{one.asker.name} asks you" for one in asked)


def is_member(sent, *causes):
    """The reader is in the circle that the mail names."""
    return are_in_one_circle(sent) and all(
        asked.circle.memberships.current().filter(person=sent.reader).exists() for asked in requests_of(sent)
    )


FACTS = {
    "{{ asker }} could use a hand": is_one,
    "{{ count }} new request in your circle": are_so_many,
    "{{ count }} new requests in your circle": are_so_many,
    "New in “{{ circle }}”": are_in_one_circle,
    "{{ asker }} asks you": is_asked_by_name,
    "You are among the first to hear of it. Only if it suits you: nobody learns who passed, and nobody asks why.": (
        is_asked_by_name
    ),
    "You get this because you are in the circle “{{ circle }}”.": is_member,
}
# The lines are held by `wrong_requests`.
NO_FACTS = {
    *("{{ what }}, for {{ name }}", "and more", "See what would help"),
    "Only if it suits you: whoever does not answer is not asked why.",
}
