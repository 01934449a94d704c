"""When a time is and where it stands, in words."""

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from circles import time_text
from supportnet.notices.text_direction import typed

from ..visibility import policies


def time_in_words(slot, zone, *, at):
    moment = slot.starts_at or slot.ends_at
    when = capfirst(time_text.when(slot.starts_at, slot.ends_at, zone=zone, at=at))
    if slot.starts_at is None:
        return {"leaf": None, "iso": moment.isoformat() if moment else "", "when": when, "hours": when}
    return {
        "leaf": leaf(moment, zone=zone),
        "iso": moment.isoformat(),
        "when": when,
        "hours": hours(slot.starts_at, slot.ends_at, zone=zone, at=at),
    }


def leaf(moment, *, zone):
    """Weekday, day and month, as on a leaf of a calendar."""
    return (
        time_text.weekday(moment, zone=zone),
        time_text.day_of_month(moment, zone=zone),
        time_text.month(moment, zone=zone),
    )


def hours(starts_at, ends_at, *, zone, at):
    """From when until when, without the day on which it begins."""
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if time_text.is_whole_day(starts, ends):
        return gettext("All day")
    words = {"start": time_text.clock(starts, zone=zone), "end": time_text.clock(ends, zone=zone)}
    lasts = time_text.true_length(starts, ends)
    if starts.date() == ends.date():
        return gettext("%(start)s to %(end)s") % words + lasts
    end_day = time_text.day(ends_at, zone=zone, at=at)
    return gettext("%(start)s to %(end_day)s, %(end)s") % {**words, "end_day": end_day} + lasts


def words_for(state, slot, help_request, person, *, at):
    """Where it stands, as `slots.place` says it by a word."""
    if state == "cancelled":
        return _called_off(slot.cancel_reason)
    if state == "mine":
        return gettext("Yours")
    if state == "waiting":
        if slot.is_over(at=at):
            return gettext("You offered, and had no answer")
        asker = policies.name_of_asker(person, help_request)
        return gettext("You offered. %(asker)s will say.") % typed(asker=asker)
    if state == "taken":
        return gettext("Taken")
    if state == "open":
        return room_in_words(slot.capacity, slot.room, covering=slot.covering)
    return _why_over(slot, help_request, at=at)


def _called_off(reason):
    return gettext("Called off: %(reason)s") % typed(reason=reason) if reason else gettext("Called off")


def room_in_words(capacity, room, *, covering):
    """How many places can be had, of how many; `covering` are those whose helpers look for somebody else."""
    if capacity is None:
        return gettext("Open to as many as like")
    if covering and room == covering:
        return gettext("Looking for somebody to take over")
    if capacity == 1:
        return gettext("Still open")
    words = ngettext("%(room)s of %(capacity)s places open", "%(room)s of %(capacity)s places open", room)
    return words % {"room": room, "capacity": capacity}


def _why_over(slot, help_request, *, at):
    if slot.last_moment() <= at:
        return gettext("Past")
    if help_request.pauses(slot):
        return gettext("A pause just now")
    return gettext("Not asked yet") if help_request.state == "draft" else gettext("No more help needed")
