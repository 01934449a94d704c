"""What somebody lays open by saying yes to a care circle around them."""

from django.utils.translation import gettext as _

from .consent_rows import Room, Row, Section, register


@register
class OfCircle(Room):
    """The care circle that the consent is for."""

    def circle(self, consent):
        """The care circle."""
        return consent.around

    def lock(self, consent, *, at):
        """Its row, as whoever changes its words or invites holds it."""
        if consent.around:
            consent.around.lock()

    def words(self, consent):
        """Its words, who is in it and who is to be invited."""
        circle = consent.around and type(consent.around).objects.get(pk=consent.around.pk)
        if circle is None:
            return []
        said = [circle.name, circle.around, circle.description, circle.area, circle.archived_at]
        members = circle.memberships.current().order_by("pk").values_list("person", "role", "person__name")
        invited = circle.invitations.open_or_prepared().order_by("pk")
        return [said, list(members), list(invited.values_list("pk", "name", "how_they_know", "email"))]

    def sections(self, consent, at):
        """See `of_circle`."""
        return of_circle(consent)


def of_circle(consent):
    """The sections about the care circle that the consent is for; none where it is for something else."""
    circle = consent.around
    if circle is None or circle.archived_at:
        return []
    members = circle.members()
    return [
        Section(_("The circle"), tuple(_words(circle))),
        _those_who_keep([member for member in members if member.is_keeper]),
        *_those_inside([member for member in members if not member.is_keeper], consent),
        _those_to_come(circle),
    ]


def _those_who_keep(keepers):
    rows = tuple(Row(str(member.person)) for member in keepers)
    intro = _("They see everything that is asked here, let people in, and ask for you.")
    return Section(_("Who keeps it"), rows, intro=intro)


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
