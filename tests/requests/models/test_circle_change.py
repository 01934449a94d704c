"""Asking in another circle instead: who loses a place is named before, and told once after."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from circles.models import Consent, JournalEntry, Ring
from requests.models import Claim, HelpRequest, NoConsent, NotOpen
from requests.sweeps.waves import open_waves
from supportnet.notices.models import Notice
from tests.cast import DAY, ask, ask_for_company, draft, join, make_circle, make_person, now
from tests.circles.pages import errors, signed_in, text


@pytest.fixture
def cleo(db):
    """Sings with Ada, and knows nobody in the street."""
    return make_person("Cleo")


@pytest.fixture
def choir(ada, cleo):
    """Ada's other circle, which she keeps."""
    return make_circle(ada, cleo, name="The choir")


def url(help_request):
    return f"/requests/{help_request.pk}/move/"


def form(client, help_request, circle):
    """What the page's form sends when `circle` is chosen."""
    known = client.get(url(help_request)).context["form"]["known"].value()
    return {"circle": str(circle.pk), "known": known}


def check(circle, person, *, days):
    """A keeper has checked `person`, for so many days from today."""
    until = circle.date_at(now() + days * DAY)
    circle.memberships.get(person=person).note_check(by=None, until=until, at=now())


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("reader__name", flat=True))


def seen_by(person):
    return list(HelpRequest.objects.visible_to(person, at=now()))


def consent_of(person, asked_by, **stands):
    return Consent.objects.create(
        name=str(person), person=person, asked_by=asked_by, asked_at=now(), salt="x", token_hash="x", **stands
    )


def test_the_other_circle_sees_it_and_this_one_does_not(ada, bo, cleo, olga, supper, choir):
    supper.move_to(choir, by=ada, at=now())

    assert [seen_by(person) for person in (ada, cleo, bo, olga)] == [[supper], [supper], [], []]
    assert (supper.circle, supper.is_open) == (choir, True)


def test_the_other_circle_is_told_and_nobody_twice(ada, bo, cleo, olga, street, choir):
    join(choir, bo, by=ada)
    supper = ask(ada, street, in_days=1)
    open_waves(now())
    assert told("wave_opened") == ["Bo", "Olga"]

    supper.move_to(choir, by=ada, at=now())
    open_waves(now())

    assert told("wave_opened") == ["Bo", "Cleo", "Olga"]


def test_it_widens_there_as_it_would_have_here(ada, cleo, street, choir):
    at = now()
    supper = draft(ada, street)
    supper.set_times(timing="whenever", at=at)
    supper.set_reach(starts=Ring.INNER, up_to=Ring.EVERYONE, widen_after=DAY)
    supper.publish(by=ada, at=at)
    before = list(supper.waves.in_order().values_list("ring", "after", "opens_at"))

    supper.move_to(choir, by=ada, at=at)

    assert list(supper.waves.in_order().values_list("ring", "after", "opens_at")) == before
    assert [wave.circle for wave in supper.waves.all()] == [choir] * 3
    assert [bool(wave.opened_at) for wave in supper.waves.in_order()] == [True, False, False]
    assert seen_by(cleo) == []
    open_waves(at + 2 * DAY)
    assert seen_by(cleo) == [] and HelpRequest.objects.visible_to(cleo, at=at + 2 * DAY).exists()


def test_where_both_were_asked_what_has_opened_stays_open(ada, cleo, street, choir):
    supper = ask(ada, street)
    supper.ask_more(by=ada, at=now(), circle=choir)
    supper.move_to(choir, by=ada, at=now())

    wave = supper.waves.get()
    assert (wave.circle, wave.ring, bool(wave.opened_at)) == (choir, Ring.EVERYONE, True)
    assert seen_by(cleo) == [supper]


@pytest.mark.parametrize("ending", ["leave", "remove"])
def test_whoever_was_asked_by_name_and_is_in_that_circle_no_more_loses_the_place(
    ada, bo, street, choir, ending
):
    membership = join(choir, bo, by=ada)
    membership.leave(at=now()) if ending == "leave" else membership.remove(by=ada, at=now())
    supper = ask(ada, street)
    supper.ask_more(by=ada, at=now(), people=[bo])
    claim = supper.slots.get().claim(by=bo, at=now())

    supper.move_to(choir, by=ada, at=now())

    claim.refresh_from_db()
    assert (claim.state, seen_by(bo)) == ("cancelled", [])


def test_whom_another_asked_circle_sets_aside_loses_the_place(ada, bo, olga, street, choir):
    third = make_circle(ada, bo, olga, name="The garden")
    join(choir, bo, by=ada)
    supper = ask(ada, third)
    supper.ask_more(by=ada, at=now(), circle=choir)
    claim = supper.slots.get().claim(by=bo, at=now())
    choir.memberships.filter(person=bo).update(excluded_at=now())

    assert supper.losing_their_place([street], at=now()) == {street.pk: [claim]}


def test_whoever_can_not_see_it_there_loses_the_place_and_hears_of_it_once(ada, bo, olga, street, choir):
    join(choir, olga, by=ada)
    supper = ask(ada, street, capacity=2)
    lost, kept = (supper.slots.get().claim(by=person, at=now()) for person in (bo, olga))

    supper.move_to(choir, by=ada, at=now())

    for claim in (lost, kept):
        claim.refresh_from_db()
    assert (lost.state, kept.state, supper.slots.get().taken) == ("cancelled", "accepted", 1)
    assert (told("slot_cancelled"), told("claim_released")) == (["Bo"], [])
    assert seen_by(bo) == []


def test_a_place_that_comes_free_is_offered_there(ada, bo, cleo, supper, choir):
    supper.slots.get().claim(by=bo, at=now())
    assert supper.waves.get().listed_until is None

    supper.move_to(choir, by=ada, at=now())

    assert supper.waves.get().listed_until is not None
    assert supper.slots.get().claim(by=cleo, at=now()).is_accepted


def test_an_offer_that_waits_for_a_yes_ends_as_kindly(ada, bo, street, choir):
    walk = ask_for_company(ada, street, up_to=Ring.EVERYONE)
    claim = walk.slots.get().claim(by=bo, at=now())

    walk.move_to(choir, by=ada, at=now())

    claim.refresh_from_db()
    assert (claim.state, told("slot_cancelled")) == ("cancelled", ["Bo"])


def test_who_is_not_near_enough_there_loses_the_place_and_keepers_do_not(ada, bo, olga, street, choir):
    join(choir, bo, by=ada)
    join(choir, olga, by=ada).make_keeper(by=ada, at=now())
    for membership in street.memberships.filter(person__in=[bo, olga]):
        membership.place(Ring.INNER, by=olga, at=now())
    supper = ask(ada, street, up_to=Ring.INNER, capacity=2)
    claims = [supper.slots.get().claim(by=person, at=now()) for person in (bo, olga)]

    supper.move_to(choir, by=ada, at=now())

    assert [Claim.objects.get(pk=claim.pk).state for claim in claims] == ["cancelled", "accepted"]


def test_whoever_was_asked_by_name_or_by_a_third_circle_stays(ada, bo, olga, street, choir, cleo):
    third = make_circle(olga, ada, name="The garden")
    supper = ask(ada, street, capacity=3)
    supper.ask_more(by=ada, at=now(), people=[bo])
    supper.ask_more(by=ada, at=now(), circle=third)
    claims = [supper.slots.get().claim(by=person, at=now()) for person in (bo, olga)]

    supper.move_to(choir, by=ada, at=now())

    assert [Claim.objects.get(pk=claim.pk).state for claim in claims] == ["accepted", "accepted"]


def test_whom_that_circle_removed_loses_the_place_though_a_third_one_is_asked_too(ada, bo, street, choir):
    band = make_circle(ada, bo, name="The band")
    supper = ask(ada, street)
    supper.ask_more(by=ada, at=now(), circle=band)
    claim = supper.slots.get().claim(by=bo, at=now())
    join(choir, bo, by=ada).remove(by=ada, at=now())

    losing = supper.losing_their_place([choir, band], at=now())

    assert losing == {choir.pk: [claim], band.pk: []}


def test_who_is_quietly_excluded_or_not_checked_there_does_not_keep_the_place(ada, bo, olga, street, choir):
    join(choir, bo, by=ada)
    join(choir, olga, by=ada)
    choir.memberships.filter(person=bo).update(excluded_at=now())
    supper = ask(ada, street, capacity=2)
    claims = [supper.slots.get().claim(by=person, at=now()) for person in (bo, olga)]
    HelpRequest.objects.filter(pk=supper.pk).update(needs_checked=True)

    losing = HelpRequest.objects.get(pk=supper.pk).losing_their_place([choir], at=now())
    assert losing == {choir.pk: claims}
    check(choir, olga, days=1)
    losing = HelpRequest.objects.get(pk=supper.pk).losing_their_place([choir], at=now())
    assert losing == {choir.pk: claims}  # not checked any more on its day
    check(choir, olga, days=4)
    HelpRequest.objects.get(pk=supper.pk).move_to(choir, by=ada, at=now())

    assert [Claim.objects.get(pk=claim.pk).state for claim in claims] == ["cancelled", "accepted"]


def test_what_is_past_stays_as_it_was(ada, bo, supper, choir):
    claim = supper.slots.get().claim(by=bo, at=now())

    supper.move_to(choir, by=ada, at=claim.slot.ends_at + DAY)

    claim.refresh_from_db()
    assert (claim.state, told("slot_cancelled")) == ("accepted", [])


def test_both_circles_journals_say_so(ada, supper, street, choir):
    supper.move_to(choir, by=ada, at=now())

    entries = JournalEntry.objects.about(supper).filter(verb__startswith="moved").order_by("pk")
    assert [(entry.verb, entry.circle, entry.actor) for entry in entries] == [
        ("moved away", street, ada),
        ("moved here", choir, ada),
    ]


@pytest.mark.parametrize("what", ["draft", "closed", "cancelled"])
def test_only_what_is_open_moves(what, ada, supper, street, choir):
    if what == "draft":
        supper = draft(ada, street)
    else:
        {"closed": supper.close, "cancelled": supper.cancel}[what](by=ada, at=now())

    with pytest.raises(NotOpen):
        HelpRequest.objects.get(pk=supper.pk).move_to(choir, by=ada, at=now())

    response = signed_in(ada).post(url(supper), {"circle": choir.pk, "known": ""})
    assert response.status_code == 302
    assert HelpRequest.objects.get(pk=supper.pk).circle == street


def test_only_into_a_circle_of_ones_own_that_is_in_use(
    ada, bo, olga, mallory, supper, street, choir, elsewhere
):
    for circle, person in ((elsewhere, ada), (street, ada), (choir, olga), (choir, bo)):
        with pytest.raises(NotOpen):
            supper.move_to(circle, by=person, at=now())
    choir.archive(by=ada, at=now())
    with pytest.raises(NotOpen):
        supper.move_to(choir, by=ada, at=now())

    assert HelpRequest.objects.get().circle == street


def test_what_somebody_agreed_to_moves_by_their_own_hand_alone(ada, bo, olga, street, choir):
    join(choir, bo, by=ada)
    supper = ask(bo, street)
    consent = consent_of(ada, asked_by=bo, agreed_at=now())
    HelpRequest.objects.filter(pk=supper.pk).update(consent=consent, asker=ada)
    supper = HelpRequest.objects.get(pk=supper.pk)

    with pytest.raises(NotOpen):
        supper.move_to(choir, by=bo, at=now())
    assert signed_in(bo).get(url(supper)).status_code == 403
    assert "Ask in another circle" not in text(signed_in(bo).get(supper.get_absolute_url()))

    supper.move_to(choir, by=ada, at=now())
    assert supper.circle == choir


def test_not_into_a_circle_of_somebody_who_has_not_agreed(ada, bo, supper, choir):
    choir.consent = consent_of(bo, asked_by=ada)
    choir.save(update_fields=["consent"])

    with pytest.raises(NoConsent):
        supper.move_to(choir, by=ada, at=now())

    assert "You are in no other circle" in text(signed_in(ada).get(url(supper)))


def test_whoever_has_the_old_form_open_sees_both_versions(ada, supper, choir):
    before = supper.version
    supper.move_to(choir, by=ada, at=now())

    assert supper.version == before + 1


# The page ---------------------------------------------------------------------------------------------------


def test_the_page_names_who_would_lose_a_place_before_one_confirms(ada, bo, olga, street, choir):
    garden = make_circle(olga, ada, bo, name="The garden")
    supper = ask(ada, street, capacity=2)
    for person in (bo, olga):
        supper.slots.get().claim(by=person, at=now())

    page = signed_in(ada).get(url(supper))

    labels = dict(page.context["form"].fields["circle"].choices)
    assert labels == {
        str(choir.pk): "The choir\nBo and Olga would lose their places.",
        str(garden.pk): "The garden\nWhoever has promised to come keeps their place.",
    }
    assert "Bo and Olga would lose their places." in text(page)
    assert Claim.objects.accepted().count() == 2


def test_one_press_moves_it(ada, bo, supper, choir):
    supper.slots.get().claim(by=bo, at=now())
    client = signed_in(ada)

    response = client.post(url(supper), form(client, supper, choir), follow=True)

    assert "It is asked in The choir now." in text(response)
    assert HelpRequest.objects.get().circle == choir
    assert told("slot_cancelled") == ["Bo"]


def test_pressing_twice_moves_it_once(ada, supper, choir):
    client = signed_in(ada)
    typed = form(client, supper, choir)

    answers = [client.post(url(supper), typed).status_code for _ in range(2)]

    assert answers == [302, 422]
    assert JournalEntry.objects.filter(verb="moved here").count() == 1


def test_nobody_loses_a_place_of_whom_one_has_not_read(ada, bo, supper, street, choir):
    client = signed_in(ada)
    typed = form(client, supper, choir)
    supper.slots.get().claim(by=bo, at=now())

    response = client.post(url(supper), typed)

    assert response.status_code == 422
    assert "Bo would lose the place." in text(response)
    assert "has changed meanwhile" in text(response)
    assert response.context["form"]["circle"].value() == str(choir.pk)
    assert HelpRequest.objects.get().circle == street
    again = {"circle": str(choir.pk), "known": response.context["form"]["known"].value()}
    assert client.post(url(supper), again).status_code == 302


@pytest.mark.parametrize("wrong", ["", "x", "0", "99999999999999999999", "elsewhere"])
def test_only_ones_own_circles_are_taken(wrong, ada, supper, street, choir, elsewhere):
    client = signed_in(ada)
    circle = str(elsewhere.pk) if wrong == "elsewhere" else wrong

    response = client.post(url(supper), {**form(client, supper, choir), "circle": circle})

    assert response.status_code == 422
    assert list(errors(response)) == ["circle"]
    assert HelpRequest.objects.get().circle == street


def test_the_page_is_for_whoever_asks(ada, bo, olga, mallory, supper, choir):
    answers = [signed_in(person).get(url(supper)).status_code for person in (ada, bo, olga, mallory)]

    assert answers == [200, 403, 403, 404]
    assert "Ask in another circle" in text(signed_in(ada).get(supper.get_absolute_url()))
    assert "Ask in another circle" not in text(signed_in(olga).get(supper.get_absolute_url()))


def test_the_page_takes_as_many_queries_for_one_circle_as_for_three(
    ada, bo, supper, choir, django_assert_num_queries
):
    supper.slots.get().claim(by=bo, at=now())
    client = signed_in(ada)
    client.get(url(supper))
    with CaptureQueriesContext(connection) as one:
        client.get(url(supper))
    for name in ("The garden", "The office"):
        make_circle(ada, name=name)

    with django_assert_num_queries(len(one)):
        client.get(url(supper))
