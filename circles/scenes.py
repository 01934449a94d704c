"""Small stories about circles, for the previews of mails."""

from supportnet.notices.scenes import scene

from .models import Circle, CircleKind, Person


def somebody(name, at, **fields):
    """A person of a scene: verified and welcomed."""
    return Person.objects.create_user(
        f"{name.lower()}@preview.example", name=name, verified_at=at, welcomed_at=at, **fields
    )


def a_street(at, *members):
    """(circle, its keeper): a community circle with `members`."""
    olga = somebody("Olga", at)
    circle = Circle.objects.start(by=olga, kind=CircleKind.COMMUNITY, name="Lime Street", at=at)
    for member in members:
        circle.memberships.create(person=member).join(at=at)
    return circle, olga


@scene
def an_invitation(at):
    """Olga invites Bo, whom nobody knows yet."""
    circle, olga = a_street(at)
    circle.invite(
        email="bo@preview.example", by=olga, at=at, name="Bo", how_they_know="We sing in the same choir"
    )


@scene
def joiners(at):
    """Bo is let in, Mallory is not, and Cleo and Dan wait together."""
    circle, olga = a_street(at)
    circle.ask_to_join(somebody("Bo", at), at=at).admit(by=olga, at=at)
    circle.ask_to_join(somebody("Mallory", at), at=at).decline(by=olga, at=at)
    for name in ("Cleo", "Dan"):
        circle.ask_to_join(somebody(name, at), at=at)
