"""The staff's admin: the whole installation, for reading and for two verbs."""

import pytest
from django.test import Client

from circles.models import Circle, CircleKind
from supportnet.notices.models import Heartbeat
from tests.cast import DAY, make_person, now


@pytest.fixture
def as_staff(client, db):
    """A browser in which somebody of the staff is signed in."""
    client.force_login(make_person("Robin", is_staff=True, is_superuser=True))
    return client


PAGES = ("circles/person", "circles/circle", "notices/notice", "notices/heartbeat")


@pytest.mark.parametrize("page", PAGES)
def test_staff_see_the_installation(as_staff, ours, theirs, page):
    Heartbeat.objects.beat("beat", now())

    response = as_staff.get(f"/admin/{page}/")
    first = response.context["cl"].queryset.order_by("pk").first()

    assert response.context["cl"].result_count > 0
    assert as_staff.get(f"/admin/{page}/{first.pk}/change/").status_code == 200
    assert as_staff.post(f"/admin/{page}/{first.pk}/change/", {"name": "Forged"}).status_code == 403
    assert as_staff.post(f"/admin/{page}/{first.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("page", ["account/emailaddress", "mfa/authenticator", "auth/group"])
def test_nothing_is_changed_by_hand_that_belongs_to_its_owner(as_staff, page):
    assert as_staff.get(f"/admin/{page}/").status_code == 404


def act(client, action, *people):
    """Do something with the chosen people."""
    chosen = [person.pk for person in people]
    return client.post("/admin/circles/person/", {"action": action, "_selected_action": chosen}, follow=True)


def test_closing_an_account_ends_memberships_and_frees_promises(as_staff, ours, bo):
    act(as_staff, "deactivate", bo)

    bo.refresh_from_db()
    ours.claim.refresh_from_db()
    assert (bo.is_active, ours.claim.state) == (False, "cancelled")
    assert not bo.memberships.current().exists()


def test_the_last_keepers_account_stays_open(as_staff, ours, olga):
    response = act(as_staff, "deactivate", olga)

    olga.refresh_from_db()
    assert olga.is_active and "Name another keeper first" in response.content.decode()


def test_staff_sign_out_whoever_lost_a_phone(as_staff, bo):
    lost = Client()
    lost.force_login(bo)

    act(as_staff, "sign_out", bo)

    assert lost.get("/me/").status_code == 302


def test_an_address_that_refused_mail_gets_mail_again(as_staff, bo):
    bo.mark_mail_refused(reason="550", at=now())

    act(as_staff, "mail_again", bo)

    bo.refresh_from_db()
    assert (bo.mail_refused_at, bo.mail_refused_because) == (None, "")


def test_circles_that_nobody_looks_after_are_named(as_staff, olga, mallory):
    long_ago = {"kind": CircleKind.COMMUNITY, "at": now() - 40 * DAY}
    for keeper, name in ((olga, "Left alone"), (mallory, "Looked after")):
        Circle.objects.start(by=keeper, name=name, **long_ago)
    mallory.last_login = now() - DAY
    mallory.save()

    text = as_staff.get("/admin/").content.decode()

    assert "Left alone" in text and "Looked after" not in text


@pytest.mark.parametrize("odd", ["q=%00", "kind=%00", "kind__exact=%00", "is_active__exact=%00"])
@pytest.mark.parametrize("name", ["circles/person", "circles/circle", "notices/notice"])
def test_odd_filters_do_no_harm(as_staff, ours, name, odd):
    assert as_staff.get(f"/admin/{name}/?{odd}").status_code == 404
