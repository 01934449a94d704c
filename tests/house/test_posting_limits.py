"""Nobody floods anybody: whatever makes rows or mails is counted, and who comes to a limit loses no word."""

import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from supportnet import posting_counts
from supportnet.posting_counts import take
from supportnet.posting_limits import COUNTED, KEEPING, counted_as
from tests.house.test_permissions import SAMPLES, World, addresses, lines, only_tried, path_to

TEMPLATES = Path(django_settings.TEMPLATES[0]["DIRS"][0])
# What is pressed without being counted, and why that floods nobody.
EXEMPT = {
    "me": "one's own page",
    "welcome": "one's own page",
    "notices": "one's own page",
    "helping": "one's own page",
    "unsubscribe": "one's own choice",
    "personal_link": "asks who comes, and makes nothing",
    "circle_hears": "one's own choice",
    "circle_take_back": "takes something back",
    "circle_leave": "takes something back",
    **dict.fromkeys(("member_block", "request_block"), "counted by the verb itself (`MOST_BLOCKS`)"),
    "block_lift": "takes something back",
    "unsent": "throws away what one wrote oneself",
    "address_back": "takes something back",
    **dict.fromkeys(("session_end", "usersessions_list"), "ends one's own sessions"),
    "invitation_revoke": "takes something back",
    "request_discard": "takes something back",
    "request_unpass": "takes something back",
    "request_close": "an end, once for each request",
    "request_go_on": "an answer of one's own, once for each request",
    "request_hold": "stops what would be mailed",
    "request_pass": "one's own list",
    "circle_edit": "mails nobody, and lies with the keepers",
    "member_edit": "mails nobody, and lies with the keepers",
    "member_admit": "an answer, once for each who asked",
    "member_decline": "an answer, once for each who asked",
    "member_remove": "protects, once for each member",
    **dict.fromkeys(
        ("member_place", "circle_place", "member_contact"), "mails nobody, and lies with the keepers"
    ),
    **dict.fromkeys(("member_check", "member_exclude"), "mails the keepers alone, once for each promise"),
    **dict.fromkeys(("member_keeper", "member_member"), "mails nobody, and lies with the keepers"),
    "answer_helped": "a mark on an answer",
    **dict.fromkeys(("claim_accept", "claim_decline"), "an answer, once for each promise"),
    **dict.fromkeys(
        ("claim_cancel", "claim_keep", "claim_no_show", "claim_happened"), "once for each promise"
    ),
}
# The sign-in library's and Django's own: what they count themselves, or what ends something.
EXEMPT |= {
    "account_request_login_code": "counted for each address (`circles.models.sign_in_code`) and network",
    **dict.fromkeys(("account_logout", "admin:logout"), "ends one's own session"),
    "admin:login": "leads to the door",
}


def pressed():
    """The names of the addresses that take a press, as the permission table has them."""
    return {name for name, _, doing in lines() if doing} - SAMPLES


def test_whatever_is_pressed_is_counted_or_floods_nobody():
    assert {name for name in pressed() if not counted_as(name)} == set(EXEMPT)
    assert set(COUNTED) <= set(addresses())


def test_each_verb_and_each_list_of_panel_and_staff_is_counted():
    ends = ("_verb", "_change", "_changelist")
    pages = [name for name in addresses() if name.startswith(("organize:", "admin:")) and name.endswith(ends)]

    assert {counted_as(name).what for name in pages} == {"keep"}
    assert len(pages) > 20


@pytest.mark.parametrize(
    ("field", "value"),
    sorted({(counted.field, value) for counted in COUNTED.values() for value in counted.only}),
)
def test_what_counts_by_its_button_is_a_button(field, value):
    button = f'name="{field}" value="{value}"'

    assert any(button in path.read_text() for path in TEMPLATES.rglob("*.html"))


def test_every_limit_is_used_and_has_numbers():
    counted = {counted.what for counted in (*COUNTED.values(), KEEPING)}

    assert counted == set(django_settings.POSTING_LIMITS)
    assert all(most > 0 for what in counted for most, _, _ in posting_counts.limits(what))
    assert all("person" in {whose for _, _, whose in posting_counts.limits(what)} for what in counted)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(COUNTED))
def test_whoever_has_come_to_a_limit_is_told_and_keeps_every_word(world, name, settings):
    settings.POSTING_LIMITS = dict.fromkeys(settings.POSTING_LIMITS, "0/d/person")
    typed = {
        COUNTED[name].field: next(iter(COUNTED[name].only), ""),
        "words": "Two <b>words",
        "form_key": "k",
    }
    with only_tried():
        answer = world.client("asker").post(path_to(world, name, "asker"), typed)

    assert answer.status_code == 422
    assert "Please wait a little" in answer.text and int(answer.headers["Retry-After"]) > 0
    assert "Two &lt;b&gt;words" in answer.text and 'name="form_key" value="k"' in answer.text


@pytest.mark.slow
@pytest.mark.django_db
def test_to_choose_all_that_are_found_is_no_way_around_the_limit(world, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "keep": "99/h/person"}
    chosen = {"action": "admit", "_selected_action": [world.waits.pk], "select_across": "1"}
    with only_tried():
        page = world.client("keeper").post("/organize/circles/membership/", chosen)

    assert page.status_code == 422


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("times", [1, 3])
def test_a_keeper_who_has_come_to_the_limit_of_the_panel_is_told(world, times, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "keep": "2/h/person"}
    chosen = {"action": "admit", "_selected_action": [world.waits.pk] * times}
    with only_tried():
        pages = [
            world.client("keeper").post("/organize/circles/membership/", chosen) for _ in range(4 - times)
        ]

    assert [page.status_code for page in pages] == ([302, 302, 422] if times == 1 else [422])
    assert "Please wait a little" in pages[-1].text


@pytest.mark.slow
@pytest.mark.django_db
def test_a_press_of_somebody_who_may_not_is_not_counted(world, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "answer": "1/d/person 1/d/circle"}
    with only_tried():
        for _ in range(3):
            world.client("stranger").post(path_to(world, "request_answers"), {"text": "Hello there"})

        owners = {"person": world.stranger.pk, "circle": world.circle.pk}
        assert take("answer", owners=owners, at=time.time())[1] is None
