"""What changed in the words of a request: old and new, for each field that its reader may see."""

from django.utils.translation import gettext_lazy as _

from ..catalogue import details
from ..models import HelpRequest
from ..models.asking_for_another import DETAIL
from ..models.editing import TOLD_WITH_OLD_WORDS
from ..visibility import policies

# What a mail calls these fields; all others go by their `verbose_name`.
LABELS = {
    "would_help": _("What would help"),
    "would_not_help": _("What would not help"),
    "how_done": _("How you know it is done"),
    "visit": _("At the door"),
    "wishes": _("What is brought"),
}


def changed_fields(claim, notices, reader, *, at):
    """[{label, old, new}] of what the `notices` about a claim tell, in words, in order of the fields.

    Of what not everybody may see there are no words, only the label, and that for those who may see it.
    """
    names, was = _told(notices)
    now, found = claim.help_request, []
    was = {name: old for name, old in was.items() if not _is_struck(name, now)}
    for name in (name for name in TOLD_WITH_OLD_WORDS if name in was):
        found += _details(now, was[name]) if name == "details" else _field(claim, name, was[name])
    hidden = _hidden(names - set(was), now, reader, at)
    return found + [{"label": label_of(name), "old": "", "new": ""} for name in hidden]


def _is_struck(name, help_request):
    """Whether whoever it is for took these words back: no mail says them once more."""
    own = help_request.own_consent
    return bool(own) and any(
        key == name or name == "details" and key.startswith(DETAIL) for key in own.struck
    )


def label_of(name):
    """What a field is called above its words."""
    label = LABELS.get(name) or HelpRequest._meta.get_field(name).verbose_name
    return f"{label[:1].upper()}{label[1:]}"


def _told(notices):
    """The names of all fields that changed, and {field: what stood in it before the first change}."""
    names, was = set(), {}
    for notice in notices:
        names |= set(notice.facts.get("fields", ()))
        for name, old in notice.facts.get("was", {}).items():
            was.setdefault(name, old)
    return names, was


def _now(claim, name):
    """What stands there: the doorstep wish of this time before that of all."""
    own = claim.slot.doorstep if name == "doorstep" else ""
    return own or getattr(claim.help_request, name)


def _field(claim, name, old):
    new = _now(claim, name)
    if old == new:
        return []
    return [{"label": label_of(name), "old": _in_words(name, old), "new": _in_words(name, new)}]


def _details(help_request, old):
    before = HelpRequest(category=help_request.category, details=old)
    was, now = dict(details.in_words(before)), dict(details.in_words(help_request))
    return [
        {"label": label, "old": was.get(label, ""), "new": now.get(label, "")}
        for label in dict.fromkeys([*was, *now])
        if was.get(label) != now.get(label)
    ]


def _hidden(names, help_request, reader, at):
    """The names of further fields that changed and stand where `reader` may look."""
    ladder = names & set(policies.LADDER)
    seen = set(policies.ladder(reader, help_request, at=at)) if ladder else set()
    without_words = [name for name in (*TOLD_WITH_OLD_WORDS, "visit", "wishes") if name in names]
    return sorted(ladder & seen) + without_words


def _in_words(name, value):
    return dict(HelpRequest._meta.get_field(name).flatchoices).get(value, value)
