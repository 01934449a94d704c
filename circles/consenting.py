"""What somebody lays open by saying yes: row by row, who would see what.

Each room adds its sections to the page on which the person decides (see `circles.views.consent`).
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Row:
    """One thing that would be seen, or somebody who would see it. Without a `key` it can't be struck out."""

    what: str
    said: str = ""
    who: str = ""
    key: str = ""


@dataclass(frozen=True)
class Section:
    """Rows of one kind. Of what is `needed` at least one row must be left."""

    title: str
    rows: tuple
    intro: str = ""
    needed: bool = False

    def keys(self):
        """What can be struck out."""
        return {row.key for row in self.rows if row.key}


def stamp(sections):
    """What the sections say, in one short word: whoever agrees agrees to what they saw, and to nothing newer."""
    said = json.dumps([asdict(section) for section in sections], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def leaves_nobody(sections, struck):
    """Whether nothing of what is needed would be left."""
    return any(section.needed and section.keys() and section.keys() <= struck for section in sections)


def of_circle(consent):
    """The sections about the care circle that the consent is for; none where it is for something else."""
    circle = consent.around
    if circle is None or circle.archived_at:
        return []
    members = circle.members()
    return [
        Section(_("The circle"), tuple(_words(circle))),
        Section(
            _("Who keeps it"),
            tuple(Row(str(member.person)) for member in members if member.is_keeper),
            intro=_("They see everything that is asked here, let people in, and ask for you."),
        ),
        *_those_inside([member for member in members if not member.is_keeper], consent),
        _those_to_come(circle),
    ]


def _words(circle):
    everybody = _("Everybody in the circle, and whoever is invited")
    members = _("Everybody in the circle")
    yield Row(_("Its name"), circle.name, everybody)
    if circle.around:
        yield Row(_("Whom it is for"), circle.around, members)
    if circle.description:
        yield Row(_("What it is for"), circle.description, members, key="description")
    if circle.area:
        yield Row(_("Area"), circle.area, members, key="area")


def _those_inside(members, consent):
    rows = tuple(
        Row(str(member.person), key=f"membership:{member.pk}")
        for member in members
        if member.person_id != consent.person_id
    )
    return [Section(_("Who is in it"), rows)] if rows else []


def _those_to_come(circle):
    invited = circle.invitations.open_or_prepared().select_related("invited_by")
    rows = tuple(
        Row(invitation.name or _("Somebody"), invitation.how_they_know, key=f"invitation:{invitation.pk}")
        for invitation in invited
    )
    if rows:
        intro = _(
            "They are invited once you agree. The keepers may invite others later, and you can look who."
        )
    else:
        intro = _("Nobody yet. The keepers may invite people later, each by name, and you can look who.")
    return Section(_("Who is to be invited"), rows, intro=intro)
