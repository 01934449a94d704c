"""What no page of ours would send about people and circles: kept as words or refused, never an error page."""

import uuid

import pytest

from circles.models import Circle, Invitation, Person
from tests.cast import join, make_person, now
from tests.circles.pages import signed_in

pytestmark = pytest.mark.django_db
TYPED = {
    "NUL": "Our\x00street",
    "control characters": "Our\x07street",
    "line breaks": "Our\r\nBcc: everybody@example.org",
    "right to left": "شارعنا",
    "emoji": "👨‍👩‍👧‍👦",
    "markup": "<script>alert(1)</script>",
}
CONTROL = {"\x00", "\x07", "\r", "\n"}


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_a_circle_is_called_by_words(client, ada, typed):
    client.force_login(ada)

    response = client.post("/circles/new/", {"kind": "community", "name": typed, "form_key": uuid.uuid4()})

    assert (response.status_code, Circle.objects.count()) in [(302, 1), (422, 0)]
    for circle in Circle.objects.all():
        assert not CONTROL & set(circle.name)
        assert "<script>alert" not in client.get(circle.get_absolute_url()).content.decode()


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_a_circle_is_described_in_words(client, olga, street, typed):
    client.force_login(olga)
    words = dict.fromkeys(("name", "area", "description"), typed)

    response = client.post(f"/circles/{street.pk}/edit/", {**words, "time_zone": "Europe/Lisbon"})

    assert response.status_code in (302, 422)
    assert "<script>alert" not in client.get(street.get_absolute_url()).content.decode()


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_people_say_who_they_are_in_words(client, bo, street, typed):
    client.force_login(bo)
    page = client.get("/me/").context["form"]
    said = {field.html_name: field.value() for field in page if field.value() not in (None, False)}

    client.post("/me/", said | dict.fromkeys(("name", "phone", "area", "address", "way_in"), typed))

    assert not CONTROL & set(Person.objects.get(pk=bo.pk).name)
    assert "<script>alert" not in client.get(f"/circles/{street.pk}/members/").content.decode()


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_an_invitation_is_written_in_words(client, olga, street, typed):
    client.force_login(olga)
    fields = {"email": "new@example.org", "name": typed, "how_they_know": typed, "ring": 3, "send": ""}

    response = client.post(f"/circles/{street.pk}/invite/", {**fields, "form_key": uuid.uuid4()})

    assert (response.status_code, Invitation.objects.count()) in [(302, 1), (422, 0)]


@pytest.mark.parametrize("token", ["%00", "x" * 500, "%F0%9F%8D%B2", "..%2F..", "' OR 1=1"])
def test_an_odd_invitation_is_no_invitation(client, bo, token):
    client.force_login(bo)

    assert client.get(f"/circles/join/{token}/").status_code == 404
    assert client.get(f"/me/unsubscribe/{token}/").status_code == 404


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\x00"]
)
def test_the_way_on_is_always_ours(client, olga, street, elsewhere):
    joiner = street.ask_to_join(make_person("Quinn"), at=now())
    client.force_login(olga)

    response = client.post(f"/circles/{street.pk}/members/{joiner.pk}/admit/", {"next": elsewhere})

    assert response.url == f"/circles/{street.pk}/members/"


@pytest.mark.parametrize("ring", ["0", "-1", "4", "9" * 30, "one", "\x00", ""])
def test_a_ring_that_is_none_places_nobody(client, olga, bo, street, ring):
    membership = street.memberships.get(person=bo)
    client.force_login(olga)

    response = client.post(f"/circles/{street.pk}/members/{membership.pk}/place/", {"ring": ring})

    membership.refresh_from_db()
    assert (response.status_code, membership.ring) == (404, 3)


def test_members_see_each_others_names_and_nothing_more(ada, bo, street):
    Person.objects.update(phone="+351 555 7777", address="12 Lime Street", way_in="Second bell")

    page = signed_in(ada).get(f"/circles/{street.pk}/members/").content.decode()

    assert "Bo" in page
    assert not [told for told in (bo.email, "555 7777", "Lime Street", "Second bell") if told in page]


def test_a_keeper_who_can_not_sign_in_is_not_the_one_who_stays(client, olga, street):
    quinn = make_person("Quinn")
    join(street, quinn, by=olga).make_keeper(by=olga, at=now())
    Person.objects.filter(pk=quinn.pk).update(is_active=False)
    client.force_login(olga)

    response = client.post(f"/circles/{street.pk}/leave/")

    assert response.status_code == 422
    assert street.memberships.get(person=olga).is_keeper
