"""One request: its page, and what becomes of it."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from ..catalogue import Doorstep
from ..forms import AnswerForm, ThanksForm
from ..models import HelpRequest, NotThisTime
from ..pages.dish_hints import wishes_in_words
from ..pages.slots import offers, series_urls, table, unthanked, with_table
from ..pages.wave_summary import who_is_asked, with_waves
from ..visibility import policies, private_fields
from .access import seen_request


@login_required
def help_request(request, pk):
    """The request as the reader may see it. At most six queries, whatever stands on it."""
    at = timezone.now()
    return request_page(request, with_all(request, pk, at=at), at=at)


def with_all(request, pk, *, at):
    """The request with all that its page shows of it; 404 if the reader may not see it."""
    person = request.user
    found = with_waves(with_table(HelpRequest.objects, person), person)
    found = found.annotate(is_passed=NotThisTime.objects.said_by(person))
    return seen_request(request, pk, at=at, among=found)


def request_page(request, help_request, *, at, answer_form=None, thanks_form=None, status=200):
    """The page, also with an answer or thanks that still need a look."""
    person = request.user
    is_mine = help_request.is_run_by(person)
    places = table(help_request, person, at=at)
    page = {
        "help_request": help_request,
        "places": places,
        "can_tick": any(place["pick"] for place in places),
        "may_print": bool(places) and policies.may_see_sheet(person, help_request, at=at),
        "may_stand_by": help_request.stands_by or _may_stand_by(person, help_request, places),
        "stands_by": help_request.stands_by,
        "wishes": wishes_in_words(help_request),
        "comes_today": is_mine and _wishes_of_today(person, help_request, at=at),
        "wishes_today": Doorstep.choices,
        "is_mine": is_mine,
        "offers": offers(help_request, at=at) if is_mine else [],
        "unthanked": unthanked(help_request, at=at) if is_mine else [],
        "thanks_form": thanks_form or ThanksForm(auto_id="thanks_%s"),
        "series_urls": series_urls(help_request, at=at),
        "looks": help_request.looks()[:10] if is_mine and not private_fields.is_empty(help_request) else [],
        "asked": who_is_asked(help_request, person, at=at),
        "check": check_of(person, help_request, at=at),
        "is_passed": help_request.is_passed,
        "may_pass": _may_pass(person, help_request, places),
        "answers": _answers(help_request, person),
        "answer_form": answer_form or AnswerForm(by=person),
        "at": at,
    }
    private_fields.note_look(person, help_request, at=at)
    template = "requests/draft.html" if help_request.state == "draft" else "requests/request.html"
    return render(request, template, page, status=status)


def check_of(person, help_request, *, at):
    """How somebody gets checked who would have to be before they can help; None for everybody else.

    Whom it reaches by another circle learns nothing of this one, neither its name nor who keeps it.
    """
    may_help = policies.may_claim(person, help_request) and help_request.is_open
    if not may_help or not policies.must_be_checked(person, help_request, at=at):
        return None
    circle = help_request.circle
    keepers = [keeping.person for keeping in circle.keepers()] if help_request.ring_of_reader else []
    return {"how": circle.how_checked if keepers else "", "keepers": keepers}


def _may_pass(person, help_request, places):
    """While it is open, and unless they help already: then they can give it back."""
    helps = any(place["mine_url"] for place in places)
    return help_request.is_open and policies.may_claim(person, help_request) and not helps


def _may_stand_by(person, help_request, places):
    """Where all that is ahead is taken: else there is something to promise at once."""
    ahead = [place for place in places if not place["is_past"]]
    taken = bool(ahead) and all(place["state"] == "taken" for place in ahead)
    return taken and policies.may_stand_by(person, help_request)


def _wishes_of_today(person, help_request, *, at):
    """What is wished at the door of those who still come today; empty if nobody does."""
    today = at.astimezone(person.zone).date()
    return {
        slot.doorstep or help_request.doorstep
        for slot in help_request.slots.all()
        if slot.taken and slot.starts_at and slot.starts_at.astimezone(person.zone).date() == today
        if not slot.is_over(at=at)
    }


def _answers(help_request, person):
    if not help_request.takes_answers:
        return []
    return help_request.answers.seen_by(person).select_related("person").order_by("created_at", "pk")
