"""A circle as a whole: starting, changing its words, putting it away and taking it up again."""

import pytest

from circles import hooks
from circles.models import Block, Circle, CircleKind, Invitation, JournalEntry, Membership, Ring, Role
from tests.cast import DAY, join, make_circle, make_person, now


def written(circle):
    """(what, by whom, details) of the circle's own history."""
    return [(entry.verb, entry.actor, entry.details) for entry in JournalEntry.objects.about(circle)]


def row(circle):
    """The circle as it stands in the database."""
    return Circle.objects.get(pk=circle.pk)


@pytest.fixture
def zones(monkeypatch):
    """What the next room hears of circles whose clocks changed: (circle, zone before)."""
    heard = []
    monkeypatch.setattr(
        hooks, "circle_zone_changed", [lambda circle, was, by, at: heard.append((circle, was))]
    )
    return heard


def test_reminders_hear_of_another_zone_alone(street, olga, zones):
    street.edit(by=olga, at=now(), name="Lime Street")
    street.edit(by=olga, at=now(), time_zone="Europe/Lisbon", area="Old town")
    assert zones == []

    street.edit(by=olga, at=now(), time_zone="Asia/Tokyo")

    assert zones == [(street, "Europe/Lisbon")]
    assert written(street)[1:] == [
        ("edited", olga, {"fields": ["name"]}),
        ("edited", olga, {"fields": ["area", "time_zone"]}),
        ("edited", olga, {"fields": ["time_zone"]}),
    ]


def test_a_zone_that_somebody_else_changed_meanwhile_is_the_one_that_was(street, olga, zones):
    stale = row(street)
    street.edit(by=olga, at=now(), time_zone="Asia/Tokyo")

    stale.edit(by=olga, at=now(), area="Old town")
    stale.edit(by=olga, at=now(), time_zone="Asia/Tokyo")

    assert len(zones) == 1


def test_what_is_put_away_is_put_away_once_and_alone(street, olga, mallory, elsewhere):
    at = now()
    invitation = street.invite(email=mallory.email, by=olga, at=at)

    street.archive(by=olga, at=at)

    assert (street.archived_at, row(street).archived_at, row(elsewhere).archived_at) == (at, at, None)
    assert written(street)[1:] == [("archived", olga, {})]
    assert list(Circle.objects.in_use()) == [elsewhere]
    assert Invitation.objects.get(pk=invitation.pk).lapsed_at == at
    row(street).archive(by=olga, at=at + DAY)
    assert (row(street).archived_at, len(written(street))) == (at, 2)


def test_what_is_taken_up_again_is_in_use_once_and_alone(street, olga, mallory, elsewhere):
    for circle in (street, elsewhere):
        circle.archive(by=olga, at=now())

    street.take_up_again(by=olga, at=now())
    row(street).take_up_again(by=olga, at=now())

    assert (street.archived_at, list(Circle.objects.in_use())) == (None, [street])
    assert written(street)[1:] == [("archived", olga, {}), ("taken up again", olga, {})]


def test_nothing_is_taken_up_again_that_was_never_put_away(street, olga):
    street.take_up_again(by=olga, at=now())

    assert written(street)[1:] == []


def test_a_circle_is_kept_by_its_keepers_now(street, olga, ada, bo, mallory, elsewhere):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())

    assert [street.is_kept_by(person) for person in (olga, bo, ada, mallory)] == [True, True, False, False]
    street.memberships.get(person=bo).leave(at=now())
    assert not street.is_kept_by(bo)


def test_several_are_placed_and_those_who_are_gone_or_of_another_circle_are_named(
    street, olga, ada, bo, mallory, elsewhere
):
    adas, bos = (street.memberships.get(person=person) for person in (ada, bo))
    mallorys = elsewhere.memberships.get(person=mallory)
    street.memberships.get(person=bo).leave(at=now())

    left_out = street.place([adas, bos, mallorys], Ring.CLOSE, by=olga, at=now())

    assert left_out == [bos, mallorys]
    rings = {one.person.name: one.ring for one in Membership.objects.all()}
    assert rings == {"Olga": Ring.INNER, "Ada": Ring.CLOSE, "Bo": Ring.EVERYONE, "Mallory": Ring.INNER}


def test_members_stand_by_name_and_keepers_first(street, olga, ada, bo):
    assert [one.person for one in street.members()] == [olga, ada, bo]


def test_a_circle_without_anybody_whose_yes_is_missing_is_agreed_to(street, olga):
    make_person("Rosa")
    whom = {"name": "Rosa", "email": "rosa@example.org"}
    waits = Circle.objects.start(by=olga, kind=CircleKind.CARE, name="Near", at=now(), whom=whom)
    spoken = Circle.objects.start(
        by=olga,
        kind=CircleKind.CARE,
        name="Far",
        at=now(),
        whom={"name": "Ida", "how": "by_phone", "note": "On Sunday."},
    )

    assert [circle.is_agreed for circle in (street, waits, spoken)] == [True, False, True]
    assert set(Circle.objects.agreed()) == {street, spoken}
    assert [row(circle).consent.state for circle in (waits, spoken)] == ["draft", "stands"]


def test_in_sight_are_the_circles_with_a_yes_and_to_its_keepers_any(olga, bo):
    rosa = make_person("Rosa")
    whom = {"name": "Rosa", "email": rosa.email}
    circle = Circle.objects.start(by=olga, kind=CircleKind.CARE, name="Near", at=now(), whom=whom)
    circle.consent.send(by=olga, at=now())
    join(circle, bo, by=olga)

    def sees():
        return [list(Circle.objects.visible_to(person)) for person in (olga, bo)]

    assert sees() == [[circle], []]
    circle.consent.agree(by=rosa, at=now())
    assert sees() == [[circle], [circle]]
    circle.consent.withdraw(by=rosa, at=now())
    assert sees() == [[circle], []]


def test_a_yes_leaves_out_what_was_struck_and_nothing_else_anywhere(olga, bo, ada, street):
    rosa = make_person("Rosa")
    whom = {"name": "Rosa", "email": rosa.email}
    words = {"description": "Everything", "area": "Old town"}
    circle, other = (
        Circle.objects.start(by=olga, kind=CircleKind.CARE, name="Near", at=now(), whom=whom, **words)
        for _ in range(2)
    )
    circle.consent.send(by=olga, at=now())
    bos, adas = (join(circle, person, by=olga) for person in (bo, ada))
    struck, comes = (circle.invite(email=f"{name}@example.org", by=olga, at=now()) for name in ("x", "y"))

    circle.consent.agree(
        by=rosa, at=now(), struck=["area", f"membership:{bos.pk}", f"invitation:{struck.pk}"]
    )

    assert (row(circle).area, row(circle).description) == ("", "Everything")
    assert (row(other).area, row(other).description) == ("Old town", "Everything")
    assert {one.person for one in circle.memberships.current()} == {olga, ada, rosa}
    assert list(circle.invitations.open_or_prepared()) == [comes]
    rosas = circle.memberships.get(person=rosa)
    assert (rosas.ring, rosas.role) == (Ring.INNER, Role.MEMBER)
    assert JournalEntry.objects.about(rosas).get().details == {"rule": "the circle is around them"}


def test_a_delegates_yes_brings_nobody_into_the_circle(olga):
    rosa, dora = make_person("Rosa"), make_person("Dora")
    whom = {"name": "Rosa", "email": rosa.email}
    circle = Circle.objects.start(by=olga, kind=CircleKind.CARE, name="Near", at=now(), whom=whom)
    circle.consent.send(by=olga, at=now())
    circle.consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())

    circle.consent.agree(by=dora, at=now())

    assert [one.person for one in circle.memberships.current()] == [olga]


def test_two_who_blocked_do_not_stand_in_each_others_list_but_keepers_do(street, olga, ada, bo):
    for whom in (bo, olga):
        Block.objects.make(by=ada, whom=whom, at=now())

    assert {one.person for one in street.memberships.seen_by(ada)} == {olga, ada}
    assert {one.person for one in street.memberships.seen_by(bo)} == {olga, bo}
    assert {one.person for one in street.memberships.seen_by(olga)} == {olga, bo, ada} - {ada}


def test_names_that_look_like_anothers_are_found_among_members_alone(street, olga, mallory):
    deceiver, outside = make_person("Аda"), make_person("Mаllory")  # each with a Cyrillic а

    assert street.members_looking_like([deceiver, outside], newcomers=[]) == {"Аda": "Ada"}
    assert street.members_looking_like([mallory], newcomers=[]) == {}


def test_words_of_a_circle_are_found_in_name_description_and_area(olga):
    choir = make_circle(olga, name="Choir", description="We sing on Monday", area="Old town")
    make_circle(olga, name="Chess", description="Moves", area="New town")

    for words in (["choir"], ["SING"], ["old", "choir"], ["town", "monday"]):
        assert list(Circle.objects.saying(words)) == [choir]
    assert Circle.objects.saying(["town"]).count() == 2
    assert not Circle.objects.saying(["choir", "chess"]).exists()
