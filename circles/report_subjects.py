"""What a report is about, as whoever looks into it sees it: its name, its words, and where it stands.

A report names its subject by "<model>:<pk>", so that it outlives it. Each room makes known how its own subjects
are looked up: a function of their ids, asked once for many.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from supportnet.notices.text_direction import typed

from .models import Membership

_rooms = {}


@dataclass(frozen=True)
class Subject:
    """What was reported. `url` is its own page, `panel_url` where its keepers act on it; both may be empty."""

    name: str
    words: str = ""
    url: str = ""
    panel_url: str = ""


def subjects(model):
    """Decorator: `look_up(ids)` gives {id: Subject} for reports about the model named `model`."""

    def register(look_up):
        _rooms[model] = look_up
        return look_up

    return register


def subjects_of(reports):
    """{report: Subject} of many, one query for each model; what is gone is called so."""
    ids = defaultdict(set)
    for report in reports:
        model, pk = _named(report)
        ids[model].add(pk)
    found = {model: _rooms[model](pks) for model, pks in ids.items() if model in _rooms}
    return {report: _found(found, *_named(report)) for report in reports}


def _named(report):
    model, _colon, pk = report.subject.partition(":")
    return model, int(pk)


def _found(found, model, pk):
    return found.get(model, {}).get(pk) or Subject(_("Something that is gone"))


@subjects("membership")
def _members(ids):
    members = Membership.objects.filter(pk__in=ids).select_related("person")
    return {
        member.pk: Subject(
            name=_("%(name)s, a member") % typed(name=member.person),
            url=reverse("circle_members", args=[member.circle_id]) + f"#member-{member.pk}",
            panel_url=reverse("organize:circles_membership_change", args=[member.pk]),
        )
        for member in members
    }
