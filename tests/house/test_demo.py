"""The demo: repeatable, sound, and the cast stands where every page and test expects it."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.forms.models import model_to_dict

from circles.models import Circle, CircleKind, Invitation, Membership, Person
from requests.catalogue import Category, RequestKind
from requests.models import Answer, Claim, HelpRequest, Slot, Thanks, Wave
from requests.schedule import reminders
from supportnet.demo.asks import ASKS
from supportnet.notices.models import Notice

AT = dt.datetime(2027, 3, 17, 14, 30, tzinfo=dt.UTC)
COPIES = ("kind", "category", "sort_at", "listed_until", "relist_at")


def fill(**options):
    """A town as of `AT`."""
    call_command("demo", **{"people": 60, "seed": 7, "at": AT, "stdout": io.StringIO(), **options})


@pytest.fixture
def town(db):
    """The default town."""
    fill()


def person(name):
    """One of the cast."""
    return Person.objects.get(email=f"{name}@example.org")


MODELS = (Person, Circle, Membership, Invitation, HelpRequest, Wave, Slot, Claim, Answer, Thanks, Notice)


def everything():
    """All rows as plain values, but for the keys that the database counts on."""
    return {
        model.__name__: [model_to_dict(row) for row in model._base_manager.order_by("pk")] for model in MODELS
    }


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_gives_the_same_town():
    fill()
    first = everything()

    fill(fresh=True)

    assert everything() == first


@pytest.mark.django_db(transaction=True)
def test_another_seed_gives_another_town():
    fill()
    first = everything()

    fill(seed=8, fresh=True)

    assert everything() != first


def test_it_does_not_run_into_a_town_that_is_there(town):
    with pytest.raises(CommandError, match="--add"):
        fill()

    assert Person.objects.count() == 60


def test_it_adds_to_a_town_when_told_to(town):
    fill(add=True, people=20)

    assert Person.objects.count() == 80


def test_a_fresh_start_is_refused_where_others_could_reach_it(town, settings):
    settings.SITE_URL = "https://support.example.org"

    with pytest.raises(CommandError, match="no place for that"):
        fill(fresh=True)

    assert Person.objects.count() == 60


def test_the_smallest_town_still_holds_the_cast(db):
    fill(people=1)

    assert {person(name).is_verified for name in ("ada", "bo", "olga", "mallory", "operator")} == {True}


@pytest.mark.parametrize("name", ["ada", "bo", "olga", "mallory", "operator"])
def test_the_cast_is_verified_and_welcomed(town, name):
    address = person(name).emailaddress_set.get()

    assert person(name).welcomed_at
    assert (address.email, address.verified, address.primary) == (f"{name}@example.org", True, True)


def test_olga_keeps_a_community_and_mallory_is_in_none_of_their_circles(town):
    theirs = {circle for name in ("ada", "bo", "olga") for circle in Circle.objects.visible_to(person(name))}

    assert [circle.kind for circle in Circle.objects.kept_by(person("olga"))] == [CircleKind.COMMUNITY]
    assert theirs.isdisjoint(Circle.objects.visible_to(person("mallory")))
    assert Circle.objects.kept_by(person("mallory")).count() == 1
    assert not Circle.objects.visible_to(person("operator")).exists()


def test_ada_asks_and_bo_helps(town):
    ada, bo = person("ada"), person("bo")
    states = {help_request.state for help_request in HelpRequest.objects.asked_by(ada)}

    assert states >= {"draft", "open", "closed", "cancelled"}
    assert HelpRequest.objects.visible_to(bo, at=AT).open().exclude(asker=bo).exists()
    assert bo.claims.accepted().ahead(at=AT).filter(slot__help_request__asker=ada).exists()
    assert bo.claims.waiting().filter(slot__help_request__asker=ada).exists()
    assert Thanks.objects.filter(claim__person=bo).exists()


def test_olgas_panel_has_something_to_show(town):
    olga = person("olga")

    assert Membership.objects.kept_by(olga).waiting().exists()
    assert Notice.objects.failed().filter(circle_id__in=Circle.objects.kept_by(olga)).exists()
    assert HelpRequest.objects.kept_by(olga).filter(slots__in=Slot.objects.open(at=AT)).exists()


def test_all_kinds_and_categories_are_asked_for(town):
    assert len({ask.title for ask in ASKS}) == len(ASKS) >= 60
    assert set(HelpRequest.objects.values_list("kind", flat=True)) == set(RequestKind.values)
    assert set(HelpRequest.objects.values_list("category", flat=True)) == set(Category.values)
    assert set(Circle.objects.values_list("kind", flat=True)) == set(CircleKind.values)


def test_the_waves_copies_are_what_relisting_writes(town):
    before = list(Wave.objects.order_by("pk").values_list(*COPIES))

    for help_request in HelpRequest.objects.all():
        help_request.relist(at=AT)

    assert list(Wave.objects.order_by("pk").values_list(*COPIES)) == before


def test_slots_count_the_places_that_are_taken(town):
    counted = {slot.pk: slot.claims.accepted().count() for slot in Slot.objects.all()}

    assert {slot.pk: slot.taken for slot in Slot.objects.all()} == counted


def test_slots_are_open_as_long_as_the_verbs_would_have_them(town):
    for slot in Slot.objects.select_related("help_request").filter(help_request__published_at__isnull=False):
        closed_at = slot.help_request.closed_at
        last = slot.last_moment()
        assert slot.open_until == (min(last, closed_at) if closed_at else last)


def test_reminders_are_those_that_are_still_to_come(town):
    for claim in Claim.objects.accepted().select_related("slot", "person"):
        moments = reminders.times(claim.slot, claim.person, promised_at=claim.accepted_at)
        ahead = [moment if moment and moment > AT else None for moment in moments]
        assert [claim.remind_at, claim.remind_again_at, claim.follow_up_at] == ahead


def test_whoever_helps_may_see_what_they_help_with(town):
    for claim in Claim.objects.select_related("slot__help_request", "person"):
        reached = Wave.objects.reaching(claim.person, at=AT).filter(help_request=claim.slot.help_request_id)
        assert reached.exists() and not claim.slot.help_request.is_run_by(claim.person)


def test_nothing_lies_in_the_future_that_was_done_already(town):
    for model, fields in (
        (HelpRequest, ("created_at", "published_at", "closed_at", "cancelled_at")),
        (Claim, ("claimed_at", "accepted_at", "released_at", "confirmed_at", "happened_at")),
        (Membership, ("asked_at", "joined_at")),
        (Thanks, ("created_at",)),
        (Answer, ("created_at",)),
    ):
        for field in fields:
            assert not model._base_manager.filter(**{f"{field}__gt": AT}).exists(), (
                f"{model.__name__}.{field}"
            )


def test_no_old_thing_waits_to_be_mailed(town):
    assert not Notice.objects.due(AT).exists()
    assert not Wave.objects.due(AT).exists()
    assert not Claim.objects.filter(remind_at__lte=AT).exists()


def test_a_town_of_the_next_size_is_sown_without_keys_colliding(town):
    fill(add=True, people=300)
    circle = Circle.objects.start(by=person("ada"), kind="care", name="One more", at=AT)

    assert circle.pk == max(Circle.objects.values_list("pk", flat=True))
