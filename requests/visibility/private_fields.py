"""The private fields of a request as one person may see them, in words; and the note that they were seen."""

from django.utils.translation import gettext_lazy as _

from ..catalogue import Reach
from ..models.daily_wishes import VISIT
from . import policies

# What pages call each of them. What stands in `visit` has labels of its own: this one names a look at it.
LABELS = {
    "address": _("Address"),
    "way_in": _("Way in"),
    "phone": _("Phone"),
    "medical_note": _("Medical note"),
    "children": _("The children"),
    "away": _("Nobody is home"),
    "visit": _("At the door"),
}


def shown(person, help_request, *, at):
    """{field: value} of all that is private and `person` may see: the ladder, and `visit` with what stands in it."""
    told = policies.ladder(person, help_request, at=at)
    if help_request.visit and policies.may_see_visit(person, help_request, at=at):
        told["visit"] = help_request.visit
    return told


def rungs(person, help_request, *, at):
    """What is filled in and `person` may see at the UTC time `at`: dicts of field, label, value and reach.

    `reach`, who else sees it, is told to whoever runs the request, where it is not those who come.
    """
    told = shown(person, help_request, at=at)
    visit = told.pop("visit", {})
    runs = policies.may_run(person, help_request)
    found = [_rung(field, LABELS[field], value, help_request, runs) for field, value in told.items()]
    at_the_door = [(label, visit[name]) for name, label in VISIT.items() if visit.get(name)]
    return found + [_rung("visit", label, value, help_request, runs) for label, value in at_the_door]


def _rung(field, label, value, help_request, runs):
    reach = policies.reach_of("address" if field == "visit" else field, help_request)
    unusual = runs and reach != Reach.HELPERS
    return {"field": field, "label": label, "value": value, "reach": reach.label if unusual else ""}


def is_empty(help_request):
    """Whether there is nothing to hide."""
    return not help_request.visit and not any(getattr(help_request, field) for field in policies.LADDER)


def note_look(person, help_request, *, at, of=None):
    """Keep that somebody else was shown the address or the like, so that its owner sees who looked.

    `of` names the fields that a page shows, if it shows not all that `person` may see.
    """
    if help_request.is_run_by(person) or is_empty(help_request):
        return
    fields = [field for field in shown(person, help_request, at=at) if of is None or field in of]
    if fields:
        help_request.note_look(by=person, at=at, fields=fields)


def what_was_seen(look):
    """The labels of what a journal entry says that somebody was shown."""
    fields = look.details.get("fields", [])
    return [label for field, label in LABELS.items() if field in fields]
