"""What the reader of a page of either admin site saw of a row: nothing is done to it as it was.

Each button and each row of a list carries a digest of the row's facts. Where one of them is another by the time the
button is pressed, nothing is done yet, and the reader is told what it says now.
"""

import hashlib

from django.contrib import messages
from django.contrib.admin import display
from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

CHANGED = _("This was changed after you opened the page, so nothing was done to it.")


def stamp_of(facts):
    """One digest for each of the `facts` ({name: value}), as a form carries them: "ring:1a2b3c4d person:…"."""
    return " ".join(f"{name}:{_digest(value)}" for name, value in facts.items())


def changed_since(seen, facts):
    """Names of the facts that are others than the stamp `seen` says; none where it says nothing of them."""
    was = dict(pair.split(":", 1) for pair in seen.split() if ":" in pair)
    return [name for name, value in facts.items() if was.get(name) not in (None, _digest(value))]


def _digest(value):
    return hashlib.sha256(repr(value).encode()).hexdigest()[:8]


def _names(people):
    return format_html_join(", ", "<bdi>{}</bdi>", ((person,) for person in people)) or "–"


class Seen:
    """The part of an admin page that knows what its reader saw of a row. `saw` names it, if it is not `fields`."""

    saw = ()

    def name_of(self, obj):
        """What the page calls a row."""
        return str(obj)

    def facts(self, obj):
        """{name: value} of what the page says of a row and others may change; on lists it costs no query."""
        columns = [name for name in self.saw or self.fields if self._is_column(name)]
        return {name: getattr(obj, self.opts.get_field(name).attname) for name in columns}

    def _is_column(self, name):
        try:
            return self.opts.get_field(name).concrete
        except FieldDoesNotExist:
            return False

    def stamp(self, obj, told=None):
        """What stands in a form about the row, unseen; with the people who were named as `told`."""
        return stamp_of(self._facts(obj, told))

    def changes(self, obj, seen, told=None):
        """[(label, what it says now)] of each fact that is another than the stamp `seen` says."""
        names = changed_since(seen, self._facts(obj, told))
        return [
            (_("Who is told"), _names(told)) if name == "told" else self._now(obj, name) for name in names
        ]

    def _facts(self, obj, told):
        return self.facts(obj) | ({} if told is None else {"told": [person.pk for person in told]})

    def _now(self, obj, name):
        label = capfirst(label_for_field(name, self.model, self))
        field, _attr, value = lookup_field(name, obj, self)
        if isinstance(value, bool):
            return label, _("yes") if value else _("no")
        shown = display_for_field(value, field, "–") if field else display_for_value(value, "–")
        return label, shown

    def in_one_line(self, changes):
        """The same in a line of markup: "State: Called off · Places: 1 of 2"."""
        return format_html_join(" · ", "{}: <bdi>{}</bdi>", changes)

    @display(description=mark_safe('<input type="checkbox" id="action-toggle">'))
    def action_checkbox(self, obj):
        """The box that chooses a row, and what its reader saw of it."""
        seen = format_html('<input type="hidden" name="seen-{}" value="{}">', obj.pk, self.stamp(obj))
        return super().action_checkbox(obj) + seen

    def as_seen(self, request, objects):
        """Those of the chosen rows that are as they stood in the list; of the others a word says what they are now."""
        fitting = []
        for obj in objects:
            if changes := self.changes(obj, request.POST.get(f"seen-{obj.pk}", "")):
                said = self.name_of(obj), CHANGED, self.in_one_line(changes)
                messages.warning(request, format_html("<bdi>{}</bdi>: {} {}", *said))
            else:
                fitting.append(obj)
        return fitting
