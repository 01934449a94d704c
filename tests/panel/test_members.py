"""What keepers note about members on the panel: first contact, checks, quiet exclusion, and what joiners said."""

import pytest

from circles.models import JournalEntry
from tests.cast import DAY, make_person, now

from .conftest import page, verb

NOTES = ["contact", "no-contact", "check", "end-check", "exclude", "include"]


def fresh(obj):
    """The row as it is now."""
    obj.refresh_from_db()
    return obj


@pytest.fixture
def bos(ours, bo):
    """Bo's membership in Olga's street."""
    return ours.circle.memberships.get(person=bo)


def written(membership):
    """The verbs in the journal, without how they came."""
    entries = JournalEntry.objects.about(membership).exclude(verb="admitted")
    return [(entry.verb, entry.actor) for entry in entries]


def test_a_keeper_notes_the_first_contact(as_olga, bos, olga):
    as_olga.post(verb("membership", bos, "contact"))
    assert fresh(bos).first_contact_at

    as_olga.post(verb("membership", bos, "no-contact"))
    assert fresh(bos).first_contact_at is None
    assert written(bos) == [("first contact", olga), ("no first contact", olga)]


def test_a_keeper_notes_until_when_somebody_is_checked(as_olga, bos, olga, ours):
    ours.circle.edit(by=olga, at=now(), how_checked="A talk and two references")
    form = as_olga.get(verb("membership", bos, "check"))
    until = form.context["form"]["until"].value()

    assert "A talk and two references" in form.content.decode()
    assert as_olga.post(verb("membership", bos, "check"), {"until": "2000-01-01"}).status_code == 422
    as_olga.post(verb("membership", bos, "check"), {"until": until})
    assert (fresh(bos).checked_by, bos.checked_until) == (olga, until)

    as_olga.post(verb("membership", bos, "end-check"))
    assert fresh(bos).checked_until is None
    assert written(bos) == [("checked", olga), ("check ended", olga)]


def test_a_keeper_sets_somebody_quietly_aside_after_reading_what_it_does(as_olga, bos, olga):
    assert (
        "find every place taken already" in as_olga.get(verb("membership", bos, "exclude")).content.decode()
    )
    assert fresh(bos).excluded_at is None

    as_olga.post(verb("membership", bos, "exclude"))
    assert fresh(bos).excluded_at and bos.is_current

    as_olga.post(verb("membership", bos, "include"))
    assert fresh(bos).excluded_at is None
    assert written(bos) == [("excluded", olga), ("included", olga)]


def test_many_get_their_first_contact_at_once(as_olga, ours, bos, ada):
    both = [bos, ours.circle.memberships.get(person=ada)]

    as_olga.post(page("membership"), {"action": "contact", "_selected_action": [one.pk for one in both]})

    assert all(fresh(one).first_contact_at for one in both)


@pytest.mark.parametrize("note", NOTES)
def test_members_of_other_circles_are_not_there(as_olga, theirs, note):
    membership = theirs.circle.memberships.get(person=theirs.claim.person)

    assert (
        as_olga.post(verb("membership", membership, note), {"until": now().date() + DAY}).status_code == 404
    )
    assert written(fresh(membership)) == []


@pytest.mark.parametrize("note", NOTES)
def test_nothing_is_noted_on_somebody_who_waits(as_olga, ours, note):
    as_olga.post(verb("membership", ours.membership, note), {"until": now().date() + DAY})

    assert written(fresh(ours.membership)) == []


def test_a_keeper_is_never_set_aside(as_olga, ours, olga):
    membership = ours.circle.memberships.get(person=olga)

    as_olga.post(verb("membership", membership, "exclude"))

    assert fresh(membership).excluded_at is None


def listed(client, state):
    """Whom the list shows."""
    rows = client.get(page("membership"), {"state": state}).context["cl"].queryset
    return {membership.person.name for membership in rows}


def test_members_are_found_by_what_is_noted(as_olga, ours, theirs, bos, olga):
    bos.note_contact(by=olga, at=now())
    bos.note_check(by=olga, until=now().date() + 9 * DAY, at=now())
    bos.exclude(by=olga, at=now())

    assert listed(as_olga, "new") == {"Ada", "Olga"}
    assert listed(as_olga, "checked") == listed(as_olga, "aside") == {"Bo"}


def test_what_a_joiner_said_stands_on_today_and_on_their_page(as_olga, ours, theirs):
    quinn = make_person("Newcomer")
    for street, said in ((ours, "By the river"), (theirs, "Somewhere else")):
        street.circle.ask_to_join(quinn, at=now(), answers=[["Where do you live?", said]])
    membership = ours.circle.memberships.get(person=quinn)

    for address in ("/organize/", page("membership", "change", membership.pk)):
        text = as_olga.get(address).content.decode()
        assert "Where do you live? By the river" in text and "Somewhere else" not in text


def test_an_earlier_no_stays_in_sight(as_olga, ours, olga):
    ours.circle.ask_to_join(make_person("Newcomer"), at=now() - 9 * DAY, answers=[["Who?", "<b>Me</b>"]])
    membership = ours.circle.memberships.get(person__name="Newcomer")
    membership.decline(by=olga, at=now() - 8 * DAY)
    ours.circle.ask_to_join(membership.person, at=now())

    text = as_olga.get(page("membership", "change", membership.pk)).content.decode()

    assert "not now · Olga" in text and "Who? &lt;b&gt;Me&lt;/b&gt;" in text


def test_who_waits_by_the_link_of_a_former_keeper_is_marked(as_olga, ours, olga, bo):
    bos = ours.circle.memberships.get(person=bo)
    bos.make_keeper(by=olga, at=now())
    link = ours.circle.open_link(by=bo, at=now())
    waits = link.accept(by=make_person("Zed"), at=now())
    mark = "Bo, who no longer keeps this circle"

    assert mark not in as_olga.get(page("membership", "change", waits.pk)).content.decode()
    bos.make_member(by=olga, at=now())
    assert mark in as_olga.get(page("membership", "change", waits.pk)).content.decode()
