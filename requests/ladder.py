"""The private fields of a request as one person may see them, in words; and the note that they were seen."""

from django.utils.translation import gettext_lazy as _

from . import policies

LABELS = {
    "address": _("Address"),
    "way_in": _("Way in"),
    "phone": _("Phone"),
    "medical_note": _("Medical note"),
    "children": _("The children"),
    "away": _("Nobody is home"),
}


def rungs(person, help_request, *, at):
    """What is filled in and `person` may see at the UTC time `at`: dicts of field, label, value and reach.

    `reach`, who else sees it, is told to whoever runs the request.
    """
    runs = policies.may_run(person, help_request)
    return [
        {
            "field": field,
            "label": LABELS[field],
            "value": value,
            "reach": policies.reach_of(field, help_request).label if runs else "",
        }
        for field, value in policies.ladder(person, help_request, at=at).items()
    ]


def is_empty(help_request):
    """Whether there is nothing to hide."""
    return not any(getattr(help_request, field) for field in policies.LADDER)


def note_look(person, help_request, *, at):
    """Keep that somebody else was shown the address or the like, so that its owner sees who looked."""
    if help_request.is_run_by(person) or is_empty(help_request):
        return
    if shown := policies.ladder(person, help_request, at=at):
        help_request.note_look(by=person, at=at, fields=list(shown))


def what_was_seen(look):
    """The labels of what a journal entry says that somebody was shown."""
    return [LABELS[field] for field in look.details.get("fields", []) if field in LABELS]
