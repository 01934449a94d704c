"""What of this room stands on Today: places that nobody has taken, nearest first."""

import datetime as dt

from django.db.models import F
from django.utils.translation import gettext as _

from requests.models import Claim, Importance, Slot
from supportnet.notices.text_direction import joined
from supportnet.panel.admin import Concern, Section, organizers

from .words import time_of

# Open places are shown for three days; a keeper who looks on Friday sees the weekend.
SOON = dt.timedelta(hours=72)
# From the reminder of the evening before until the end of the next day.
TOMORROW = dt.timedelta(hours=30)
# Long enough that a keeper on holiday finds it.
TWO_WEEKS = dt.timedelta(days=14)
# Rows of one section: the last link of it leads to the rest, in the panel's own list.
MOST = 20
# What is needed comes before what would be nice, whatever the hour.
WORST = {Importance.NEED: 0, Importance.HELPS: 1, Importance.NICE: 2}


def open_soon(person, at):
    """Places open within 72 hours, what is needed most first."""
    slots = Slot.objects.kept_by(person).open(at=at).filter(open_until__lte=at + SOON)
    slots = slots.select_related(
        *(f"help_request__{name}" for name in ("circle", "asker", "consent"))
    ).in_order()
    page = organizers._registry[Slot]
    worst = sorted(slots[: 10 * MOST], key=lambda slot: (WORST[slot.help_request.importance], slot.ends_at))
    rows = [
        Concern(
            text=slot.help_request.title,
            detail=_detail(slot, at),
            action=_("Sign somebody up"),
            url=page.verb_url(slot, "sign-up"),
            more=page.page_of(slot),
        )
        for slot in worst[:MOST]
    ]
    return Section(_("Open within three days"), 10, rows, slots.count(), page.list_url("state=open"))


def _detail(slot, at):
    help_request = slot.help_request
    said = [time_of(slot, at=at), help_request.whom, str(help_request.circle)]
    if help_request.importance == Importance.NEED:
        said.insert(0, str(Importance.NEED.label))
    return joined(said, " · ")


def unconfirmed(person, at):
    """Promises for today and tomorrow whose helpers were reminded and have not said "still on"."""
    claims = Claim.objects.kept_by(person).accepted().ahead(at=at).filter(confirmed_at=None, remind_at=None)
    claims = claims.filter(slot__starts_at__gt=at, slot__starts_at__lte=at + TOMORROW)
    # Whoever promised within the last hours had no reminder, and is sure.
    claims = claims.filter(claimed_at__lt=F("slot__starts_at") - TOMORROW).order_by("slot__starts_at", "pk")
    return _about_claims(claims, _("Not confirmed for the next day"), 20, see=_("See the promise"), at=at)


def in_doubt(person, at):
    """Promises of people who were set aside since, or are not checked for the day: somebody has to decide."""
    claims = Claim.objects.kept_by(person).in_doubt(at=at).exclude(person=person)
    claims = claims.order_by("slot__starts_at", "pk")
    return _about_claims(claims, _("Promises to decide about"), 5, decide=_("Decide"), at=at)


def no_shows(person, at):
    """Where whoever asked noted, within two weeks, that nobody came; only they and the keepers see it."""
    claims = Claim.objects.kept_by(person).accepted().filter(no_show_at__gt=at - TWO_WEEKS)
    claims = claims.order_by("-no_show_at", "pk")
    return _about_claims(claims, _("Nobody came"), 40, see=_("See the promise"), at=at)


def _about_claims(claims, title, weight, *, at, see="", decide=""):
    """A section of promises, each with one thing to do: to `see` it on the panel, or to `decide` on its own page."""
    page, rows = organizers._registry[Claim], []
    for claim in claims.select_related("person", "slot__help_request__circle")[:MOST]:
        about = joined([time_of(claim.slot, at=at), claim.help_request, claim.help_request.circle], " · ")
        there = page.page_of(claim)
        own = {"url": claim.get_absolute_url(), "more": there} if decide else {"url": there}
        rows.append(Concern(text=str(claim.person), detail=about, action=decide or see, **own))
    return Section(title, weight, rows, claims.count(), page.list_url(""))


organizers.concerns += [open_soon, unconfirmed, in_doubt, no_shows]
