"""Promises as a calendar file (RFC 5545). It holds when and for whom, never what or where."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext
from icalendar import Calendar, Event

from supportnet.notices.text_direction import typed

from ..visibility import policies


def attachment(claims, *, at):
    """The one attachment with those of `claims` that have a time; none without any."""
    dated = [claim for claim in dict.fromkeys(claims) if claim.slot.starts_at]
    if not dated:
        return []
    return [("supportnet.ics", calendar(dated, at=at), "text/calendar; method=PUBLISH")]


def calendar(claims, *, at):
    """The text of a calendar of dated claims, as it stands at the UTC time `at`."""
    made = Calendar()
    made.add("prodid", "-//SupportNet//SupportNet//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for claim in claims:
        made.add_component(event(claim, at=at))
    return made.to_ical().decode()


def event(claim, *, at):
    """One promise. Its UID never changes; its SEQUENCE grows when the slot is moved or called off."""
    slot, made = claim.slot, Event()
    made.add("uid", f"claim-{claim.pk}@{urlsplit(settings.SITE_URL).hostname}")
    made.add("dtstamp", at)
    made.add("dtstart", _as_told(slot, slot.starts_at))
    made.add("dtend", _as_told(slot, slot.ends_at))
    made.add("sequence", slot.sequence + (0 if claim.is_live or slot.cancelled_at else 1))
    made.add("status", _status(claim))
    name = policies.name_of_asker(claim.person, claim.help_request)
    made.add("summary", gettext("For %(name)s") % typed(name=name))
    made.add("url", settings.SITE_URL + claim.get_absolute_url())
    made.add("description", settings.SITE_URL + claim.get_absolute_url())
    return made


def _as_told(slot, moment):
    """A moment, or of a whole day the date (RFC 5545, 3.6.1: the end is the day after)."""
    return moment.astimezone(slot.own_zone).date() if slot.all_day else moment


def _status(claim):
    if not claim.is_live or claim.slot.cancelled_at:
        return "CANCELLED"
    return "CONFIRMED" if claim.accepted_at else "TENTATIVE"
