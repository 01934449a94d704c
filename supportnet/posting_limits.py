"""How much one person, and everybody in one circle together, may set going in an hour or a day.

The numbers are `settings.POSTING_LIMITS`, the addresses that they hold for are `COUNTED`. Whoever comes to a limit
reads until when it waits, and gets back what they typed, ready to be sent again. What protects somebody or takes
something back (withdrawing, leaving, saying no) is never counted.

A count is one INCR in the shared cache, before the work: sixty presses in a second are sixty. What was refused by its
form is given back. Without Redis each web process counts for itself (`supportnet/cache.py`).
"""

import time
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import unsent

SECONDS = {"h": 3600, "d": 86400}
WORDS = {
    ("ask", "person"): _("You have asked for a lot in a short time."),
    ("ask", "circle"): _("A lot is being asked in this circle just now."),
    ("invite", "person"): _("You have invited or written to many people in a short time."),
    ("invite", "circle"): _("Many people are being invited into this circle just now."),
    ("join", "person"): _("You have asked to join many circles in a short time."),
    ("join", "circle"): _("Many people are asking to join this circle just now."),
    ("report", "person"): _("You have reported a lot in a short time. A keeper whom you trust can help too."),
    ("circle", "person"): _("You have started many circles in a short time."),
}
OTHERWISE = {
    "person": _("You have done a lot here in a short time."),
    "circle": _("A lot is going on in this circle just now."),
}


@dataclass(frozen=True)
class Counted:
    """What a POST to an address counts as; with `only`, when its field `do` says one of these."""

    what: str
    only: frozenset = frozenset()

    def holds_for(self, said):
        """Whether a form with these fields counts."""
        return not self.only or said.get("do") in self.only


COUNTED = {
    **dict.fromkeys(("request_new_kind", "request_publish", "request_reopen"), Counted("ask")),
    **dict.fromkeys(("request_reach", "request_hasten", "request_anybody", "request_move"), Counted("ask")),
    "series_extend": Counted("ask"),
    "request_answers": Counted("answer"),
    **dict.fromkeys(("slot_claim", "request_claims", "slot_sign_up", "request_standby"), Counted("offer")),
    **dict.fromkeys(("claim_release", "claim_late", "claim_cover", "claim_bring"), Counted("promise")),
    **dict.fromkeys(("claim_stay", "claim_confirm", "standby_call"), Counted("promise")),
    **dict.fromkeys(("request_edit", "request_times", "slot_edit", "slot_cancel"), Counted("change")),
    **dict.fromkeys(("request_cancel", "request_wishes", "doorstep_today"), Counted("change")),
    **dict.fromkeys(("claim_thank", "request_thank"), Counted("thank")),
    **dict.fromkeys(("circle_invite", "circle_link", "circle_add", "invitation_renew"), Counted("invite")),
    **dict.fromkeys(("circle_consent", "request_consent"), Counted("invite", frozenset({"send", "again"}))),
    "consent": Counted("invite", frozenset({"name"})),
    "circle_new": Counted("circle"),
    **dict.fromkeys(("circle_join", "join"), Counted("join")),
    **dict.fromkeys(("member_report", "request_report", "answer_report", "claim_report"), Counted("report")),
}
# By the first part of an address: of which model its number is, and the way from there to the circle.
CIRCLES = {
    "requests": ("requests.HelpRequest", "circle_id"),
    "slots": ("requests.Slot", "help_request__circle_id"),
    "series": ("requests.Series", "help_request__circle_id"),
}


@dataclass(frozen=True)
class TooMuch:
    """A limit was reached: of what, whose ("person" or "circle"), and the moment (seconds) at which it ends."""

    what: str
    whose: str
    ends_at: int

    @property
    def words(self):
        """Whose limit it is, in a sentence."""
        return WORDS.get((self.what, self.whose)) or OTHERWISE[self.whose]

    @property
    def again_at(self):
        """When to try again, for the reader's clock."""
        return timezone.datetime.fromtimestamp(self.ends_at, tz=timezone.get_current_timezone())


def limits(what):
    """(how many, seconds, "person" or "circle") of each limit on `what`."""
    for limit in settings.POSTING_LIMITS[what].split():
        most, length, whose = limit.split("/")
        yield int(most), SECONDS[length], whose


def take(what, *, owners, at):
    """Count one more of `what` for its `owners` ({"person": id, "circle": id or None}) at `at`, in seconds.

    Returns (the keys that were counted, None), or ((), `TooMuch`), and then nothing is counted.
    """
    taken = []
    for most, seconds, whose in limits(what):
        owner, window = owners.get(whose), int(at // seconds)
        if owner is None:
            continue
        key = f"posting:{what}:{whose}:{owner}:{seconds}:{window}"
        taken.append(key)
        if _count(key, seconds) > most:
            give_back(taken)
            return (), TooMuch(what, whose, (window + 1) * seconds)
    return taken, None


def _count(key, seconds):
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # the window ended, or the cache was emptied, between the two
        cache.set(key, 1, timeout=seconds)
        return 1


def give_back(keys):
    """What was counted was not done after all."""
    for key in keys:
        try:
            cache.decr(key)
        except ValueError:
            continue


class PostingLimits:
    """Counts what is posted, and answers in place of a page that would be one too many."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        taken = getattr(request, "counted", ())
        if taken and not _was_done(request, response):
            give_back(taken)
        return response

    def process_view(self, request, view, args, kwargs):
        """Before the page's own work: one query for the circle, where its address does not hold it."""
        counted = COUNTED.get(request.resolver_match.view_name)
        if request.method != "POST" or not counted or not request.user.is_authenticated:
            return None
        if not counted.holds_for(request.POST):
            return None
        owners = {"person": request.user.pk, "circle": _circle_of(request, counted.what, kwargs)}
        request.counted, too_much = take(counted.what, owners=owners, at=time.time())
        return too_much and _too_much_page(request, too_much)


def _was_done(request, response):
    """A form that needs another look, a preview and a refusal count for nothing."""
    return response.status_code in (301, 302, 303) or (bool(request.htmx) and response.status_code < 300)


def _circle_of(request, what, kwargs):
    """The circle in which it would be done, where a limit on circles asks; None when it is not to be had."""
    if not any(whose == "circle" for _most, _seconds, whose in limits(what)):
        return None
    if "pk" not in kwargs:
        return _number(request.POST.get("circle", ""))
    noun = request.resolver_match.route.partition("/")[0]
    if noun not in CIRCLES:
        return kwargs["pk"]
    model, way = CIRCLES[noun]
    return apps.get_model(model).objects.filter(pk=kwargs["pk"]).values_list(way, flat=True).first()


def _number(typed):
    """The row that a form would find by `typed`: forms read " 7", "+7" and "٧" as 7, too."""
    try:
        return int(typed) if len(typed) < 40 else None
    except ValueError:
        return None


def _too_much_page(request, too_much):
    """Until when it waits, and what was typed, to be sent again as it is."""
    page = {"too_much": too_much, **unsent.page_with(unsent.typed(request), request.get_full_path())}
    response = render(request, "too_much.html", page, status=422)
    response.headers["Retry-After"] = str(max(1, int(too_much.ends_at - time.time())))
    if request.htmx:
        response.headers |= {"HX-Retarget": "body", "HX-Reswap": "innerHTML"}
    return response
