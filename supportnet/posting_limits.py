"""How much one person, and everybody in one circle together, may set going in an hour or a day.

The numbers are `settings.POSTING_LIMITS`, the addresses that they hold for are `COUNTED`. Whoever comes to a limit
reads until when it waits, and gets back what they typed, ready to be sent again. What protects somebody or takes
something back (withdrawing, leaving, saying no) is never counted.

Counted is what was done in the last hour or day, whenever that begins: a sliding window counter of twelve parts, and
of the oldest the whole counts, so that no hour ever holds more than the number says. A count is one INCR in the shared
cache, before the work: sixty presses in a second are sixty. What was refused by its form is given back. Without Redis
each web process counts for itself (`supportnet/cache.py`).
"""

import re
import time
from dataclasses import dataclass

from django.apps import apps
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.shortcuts import render

from supportnet.posting_counts import give_back, limits, take

from . import unsent
from .panel.admin.queries import MOST_AT_ONCE


@dataclass(frozen=True)
class Counted:
    """What a POST to an address counts as; with `only`, when its field `field` says one of these."""

    what: str
    only: frozenset = frozenset()
    field: str = "do"

    def holds_for(self, said):
        """Whether a form with these fields counts."""
        return not self.only or said.get(self.field) in self.only


# By the address's name. What is not here is not counted, but for the pages of the panel (`KEPT`).
COUNTED = {
    **dict.fromkeys(("request_new_kind", "request_publish", "request_reopen"), Counted("ask")),
    **dict.fromkeys(("request_reach", "request_hasten", "request_anybody", "request_move"), Counted("ask")),
    "series_extend": Counted("ask"),
    "request_answers": Counted("answer"),
    **dict.fromkeys(("slot_claim", "request_claims", "slot_sign_up", "request_standby"), Counted("offer")),
    **dict.fromkeys(("claim_release", "claim_late", "claim_cover", "claim_bring"), Counted("promise")),
    **dict.fromkeys(("claim_stay", "claim_confirm", "standby_call"), Counted("promise")),
    **dict.fromkeys(("request_edit", "request_times", "slot_edit", "slot_cancel"), Counted("change")),
    **dict.fromkeys(("request_cancel", "request_wishes", "series_days", "doorstep_today"), Counted("change")),
    **dict.fromkeys(("claim_thank", "request_thank"), Counted("thank")),
    **dict.fromkeys(("circle_invite", "circle_link", "circle_add", "invitation_renew"), Counted("invite")),
    **dict.fromkeys(("circle_consent", "request_consent"), Counted("invite", frozenset({"send", "again"}))),
    "consent": Counted("invite", frozenset({"name"}), field="answer"),
    "circle_new": Counted("circle"),
    **dict.fromkeys(("circle_archive", "circle_take_up"), Counted("change")),
    **dict.fromkeys(("circle_join", "join"), Counted("join")),
    **dict.fromkeys(("member_report", "request_report", "answer_report", "claim_report"), Counted("report")),
    # The sign-in library's own: codes to addresses that may be anybody's, and what is told by mail each time.
    **dict.fromkeys(("account_email", "account_email_verification_sent"), Counted("address")),
    **dict.fromkeys(("mfa_activate_totp", "mfa_deactivate_totp"), Counted("way_in")),
    **dict.fromkeys(("mfa_generate_recovery_codes", "mfa_add_webauthn"), Counted("way_in")),
    **dict.fromkeys(("mfa_remove_webauthn", "mfa_edit_webauthn"), Counted("way_in")),
}
# Whatever is done in the panel or by the staff; each of the chosen rows counts.
KEEPING, KEPT = Counted("keep"), re.compile(r"(organize|admin):.*_(verb|change|changelist)")
# By the first part of an address: of which model its number is, and the way from there to the circle.
CIRCLES = {
    "requests": ("requests.HelpRequest", "circle_id"),
    "slots": ("requests.Slot", "help_request__circle_id"),
    "series": ("requests.Series", "help_request__circle_id"),
}


def counted_as(name):
    """What a POST to the address called `name` counts as; None for nothing."""
    return COUNTED.get(name) or (KEEPING if KEPT.fullmatch(name) else None)


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
        counted = counted_as(request.resolver_match.view_name)
        if request.method != "POST" or not counted or not request.user.is_authenticated:
            return None
        if not counted.holds_for(request.POST):
            return None
        owners = {"person": request.user.pk, "circle": _circle_of(request, counted.what, kwargs)}
        times = _rows(request.POST)
        request.counted, too_much = take(counted.what, owners=owners, at=time.time(), times=times)
        return too_much and _too_much_page(request, too_much)


def _rows(said):
    """How many rows a press in the panel is about; 1 everywhere else. All that are found are as many as it takes."""
    if said.get("select_across", "0") not in ("", "0"):
        return MOST_AT_ONCE
    return max(1, len(said.getlist(ACTION_CHECKBOX_NAME)))


def _was_done(request, response):
    """A form that needs another look, a preview and a refusal count for nothing; of what answers a mere look, while
    a form is filled in, its page says so (`only_looked`)."""
    if getattr(response, "only_looked", False):
        return False
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
