"""Helpers without e-mail: taken in by name and phone, never written to, and promised for by keepers alone."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from circles.models import HasAnAccount, JournalEntry, Membership, NotVerified, Person, Ring
from circles.models.choices import Hears
from circles.phones import looks_like_a_number, same_number
from circles.sweeps import forget_unproven_addresses
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from supportnet.notices.models.notice import NO_ADDRESS
from tests.cast import DAY, ask, make_circle, now
from tests.circles.pages import errors, in_parallel, race, signed_in, text

PHONE = "+351 555 0107"
FORM_KEY = "6dd6ac3c-4a83-4f0e-9a3f-f7a4a9a0c1de"


def add(circle, keeper, *, name="Rosa", phone=PHONE, **more):
    return circle.add_without_email(name=name, phone=phone, by=keeper, at=now(), **more)


def add_page(circle):
    return f"/circles/{circle.pk}/members/add/"


def edit_page(membership):
    return f"/circles/{membership.circle_id}/members/{membership.pk}/edit/"


@pytest.fixture
def rosas(street, olga):
    """The membership of Rosa, who has no e-mail."""
    return add(street, olga)


@pytest.fixture
def rosa(rosas):
    """Rosa, who has no e-mail."""
    return rosas.person


# Who they are ----------------------------------------------------------------------------------------------


def test_a_keeper_takes_somebody_in_by_name_and_phone(street, olga, rosas, rosa):
    entry = JournalEntry.objects.about(rosas).get()

    assert (rosa.email, rosa.name, rosa.phone, rosa.is_active) == (None, "Rosa", PHONE, True)
    assert not rosa.has_usable_password()
    assert (rosa.time_zone, rosa.language) == (street.time_zone, olga.language)
    assert (rosas.state, rosas.ring, rosas.is_keeper, rosas.hears) == (
        "current",
        Ring.EVERYONE,
        False,
        Hears.NEVER,
    )
    assert (entry.verb, entry.actor, entry.circle) == ("joined", olga, street)
    assert not {"Rosa", PHONE} & {str(value) for value in entry.details.values()}


def test_two_without_an_address_are_two_people_and_nobody_is_without_name_and_phone(street, olga, rosa):
    other = add(street, olga, name="Emil", phone="555 0199").person

    assert {rosa, other} == set(Person.objects.filter(email=None))
    for fields in ({"name": "", "phone": "1"}, {"name": "Eve", "phone": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.create(email=None, **fields)


def test_they_do_nothing_in_their_own_name_and_keep_no_circle(street, olga, rosas, rosa):
    rosas.make_keeper(by=olga, at=now())
    rosas.refresh_from_db()

    assert not rosas.is_keeper
    with pytest.raises(NotVerified):
        make_circle(rosa)
    with pytest.raises(NotVerified):
        street.ask_to_join(rosa, at=now())


def test_whoever_has_no_address_is_not_taken_for_one_typed_at_the_door(rosa):
    Person.objects.filter(pk=rosa.pk).update(joined_at=now() - 30 * DAY)
    loose = Person.objects.add_by_phone(name="Emil", phone="1", joined_at=now() - 30 * DAY)

    forget_unproven_addresses(now().replace(minute=0))

    assert set(Person.objects.filter(email=None)) == {rosa, loose}


# Nobody is there twice -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [PHONE, "+351-5550107", "0555 0107", "(00351) 555 01 07", "٥٥٥٠١٠٧"])
def test_who_is_there_by_that_number_is_not_there_twice(street, olga, rosas, number):
    assert add(street, olga, phone=number, name="Rosa M.") == rosas
    assert Person.objects.filter(email=None).count() == 1


@pytest.mark.parametrize("number", ["+351 555 0108", "0107", "", "x"])
def test_another_number_is_another_one(number):
    assert not same_number(PHONE, number)


def test_somebody_else_in_the_same_home_is_somebody_else(street, olga, rosas):
    emil = add(street, olga, name="Emil", somebody_else=True)
    again = add(street, olga, name="emil", somebody_else=True)

    assert emil != rosas
    assert again == emil


def test_the_same_form_makes_one_helper_whatever_was_typed(street, olga):
    first = add(street, olga, form_key=FORM_KEY)
    again = add(street, olga, name="Rosa M.", phone="555 0199", form_key=FORM_KEY)

    assert again == first


def test_without_a_key_two_are_two(street, olga):
    assert add(street, olga) != add(street, olga, name="Emil", phone="555 0199")


def test_a_key_is_of_one_keeper_in_one_circle(street, olga, bo):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    other = make_circle(olga, name="Choir")
    first = add(street, olga, form_key=FORM_KEY)

    others = [
        add(street, bo, name="Emil", phone="555 0199", form_key=FORM_KEY),
        add(other, olga, name="Ida", phone="555 0198", form_key=FORM_KEY),
    ]

    assert [one.person.name for one in (first, *others)] == ["Rosa", "Emil", "Ida"]
    assert others[1].circle == other


def test_whose_account_is_closed_is_nobody_by_that_number(street, olga, bo, rosas):
    Person.objects.filter(pk__in=[bo.pk, rosas.person_id]).update(phone=PHONE, is_active=False)

    new = add(street, olga)

    assert new != rosas and new.person != bo


def test_members_who_gave_no_number_are_nobody_by_an_empty_one(street, olga, rosas):
    assert [one.person for one in street.with_number(PHONE)] == [rosas.person]
    assert street.with_number("") == []


def test_a_member_with_an_account_is_not_doubled_either(street, olga, bo):
    Person.objects.filter(pk=bo.pk).update(phone=PHONE)

    assert add(street, olga, name="Bo").person == bo


def test_the_same_number_in_another_circle_is_nobody_of_this_one(street, olga, rosa, mallory, elsewhere):
    theirs = add(elsewhere, mallory).person

    assert theirs != rosa


def test_who_was_removed_comes_back_as_the_same_one(street, olga, rosas):
    rosas.remove(by=olga, at=now())

    assert add(street, olga, name="Emil") != rosas
    assert add(street, olga, name="rosa", somebody_else=True) == rosas
    rosas.refresh_from_db()
    assert rosas.state == "current"


@in_parallel
def test_two_keepers_who_add_her_in_the_same_moment_make_one(street, olga, bo):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())

    race([lambda by=by: add(street, by) for by in (olga, bo)] * 3)

    assert Membership.objects.filter(circle=street, person__email=None).count() == 1


# On the pages ----------------------------------------------------------------------------------------------


def test_the_form_takes_her_in_and_a_double_click_does_so_once(street, olga):
    client = signed_in(olga)
    form = client.get(add_page(street)).context["form"]
    said = {"name": "Rosa", "phone": PHONE, "form_key": str(form["form_key"].value())}

    first = client.post(add_page(street), said, follow=True)
    client.post(add_page(street), said)

    assert "Rosa is in. You sign them up" in text(first)
    assert Person.objects.filter(email=None).count() == 1


def test_what_is_no_number_is_refused_and_kept(street, olga):
    said = {"name": "Rosa", "phone": "ask Bo", "form_key": FORM_KEY}

    response = signed_in(olga).post(add_page(street), said)

    assert response.status_code == 422
    assert errors(response) == {"phone": ["Write it in digits, as one would dial it."]}
    assert 'value="ask Bo"' in response.text
    assert not looks_like_a_number("12")


def test_another_name_by_the_same_number_is_asked_about_once(street, olga, rosas):
    client, said = signed_in(olga), {"name": "Emil", "phone": PHONE, "form_key": FORM_KEY}

    asked = client.post(add_page(street), said)
    client.post(add_page(street), {**said, "somebody_else": "on"})

    assert asked.status_code == 422
    assert errors(asked) == {
        "phone": ["Rosa is here by this number already. If this is somebody else, say so below."]
    }
    assert 'type="checkbox" name="somebody_else"' in asked.text
    assert set(Person.objects.filter(email=None).values_list("name", flat=True)) == {"Rosa", "Emil"}


def test_the_number_of_somebody_with_an_account_is_not_given_away(street, olga, bo):
    Person.objects.filter(pk=bo.pk).update(phone=PHONE)

    asked = signed_in(olga).post(add_page(street), {"name": "Rosa", "phone": PHONE, "form_key": FORM_KEY})

    assert errors(asked) == {
        "phone": ["A member has this number already. If this is somebody else, say so below."]
    }
    assert "Bo" not in text(asked)


def test_only_keepers_see_that_she_has_no_mail_and_her_number(street, olga, ada, mallory, rosas):
    here = f"/circles/{street.pk}/members/"

    kept, seen = signed_in(olga).get(here), signed_in(ada).get(here)

    assert f"No e-mail, phone {PHONE}" in text(kept)
    assert "Rosa" in text(seen)
    assert PHONE not in seen.text and "e-mail" not in text(seen)
    assert signed_in(mallory).get(here).status_code == 404


def test_a_keeper_corrects_her_name_and_number(street, olga, rosas):
    client = signed_in(olga)

    page = client.get(edit_page(rosas))
    client.post(edit_page(rosas), {"name": "Rosa M.", "phone": "555 0199"})

    rosas.person.refresh_from_db()
    assert 'value="Rosa"' in page.text
    assert (rosas.person.name, rosas.person.phone) == ("Rosa M.", "555 0199")
    assert [entry.verb for entry in JournalEntry.objects.about(rosas)] == ["joined", "corrected"]


def test_nobody_corrects_whoever_has_an_account(street, olga, ada, bo, rosas):
    bos = street.memberships.get(person=bo)

    found = signed_in(olga).post(edit_page(bos), {"name": "Bob", "phone": PHONE})
    refused = signed_in(ada).post(edit_page(rosas), {"name": "R", "phone": "555 0199"})

    bo.refresh_from_db()
    assert (found.status_code, refused.status_code, bo.name) == (404, 403, "Bo")
    with pytest.raises(HasAnAccount):
        bos.correct(name="Bob", phone=PHONE, by=olga, at=now())


def test_a_keeper_removes_her_and_what_she_promised_is_free_again(street, olga, ada, rosas, rosa):
    slot = ask(ada, street).slots.get()
    claim = slot.claim(by=rosa, made_by=olga, at=now())

    signed_in(olga).post(f"/circles/{street.pk}/members/{rosas.pk}/remove/")

    claim.refresh_from_db()
    slot.refresh_from_db()
    assert (claim.state, slot.taken) == ("cancelled", 0)
    assert not signed_in(olga).get(edit_page(rosas)).status_code == 200


def test_she_can_not_sign_in(rosa):
    response = Client().post("/accounts/login/", {"login": "", "password": ""})

    assert response.status_code in (200, 302)
    assert not Client().login(username=None, password="")


# No mail ---------------------------------------------------------------------------------------------------


def test_what_she_would_be_told_is_dropped_for_a_reason_and_counts_as_no_failure(street, olga, ada, rosa):
    slot = ask(ada, street).slots.get()
    slot.claim(by=rosa, made_by=olga, at=now()).cancel(by=ada, at=now())
    mail.outbox.clear()

    deliver(at=now() + DAY)

    hers = Notice.objects.filter(reader=rosa)
    assert {(notice.kind, notice.state, notice.dropped_because) for notice in hers} == {
        ("claim_confirmed", "dropped", NO_ADDRESS),
        ("slot_cancelled", "dropped", "The reader never heard of the promise."),
    }
    assert all(message.to != [None] for message in mail.outbox)
    rosa.refresh_from_db()
    assert rosa.mail_refused_at is None


def test_what_was_invited_by_mail_is_somebody_new(street, olga, rosa):
    invitation = street.invite(by=olga, email="rosa@example.org", name="Rosa", at=now())
    new = Person.objects.create_user("rosa@example.org", name="Rosa", verified_at=now())

    invitation.accept(by=new, at=now())

    assert new != rosa
    assert {one.person for one in street.members() if one.person.name == "Rosa"} == {rosa, new}
