"""Whoever promised reads what was changed, old and new, of each field that they may see: in mails and on pages."""

import datetime as dt
import uuid

import pytest
from django.core import mail

from requests.models import Slot
from requests.reactions import consent_changed
from requests.sweeps.waves import forget_old_words
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from supportnet.notices.sweeps import run_all
from tests.cast import DAY, HOUR, ask, ask_for_company, make_person, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def edit(help_request, by, **changes):
    help_request.refresh_from_db()
    help_request.edit(by=by, at=now(), version=help_request.version, **changes)


def letter():
    """The last mail about a change, once its five minutes are over."""
    deliver(at=now())
    deliver(at=now() + 6 * MINUTE)
    found = [message for message in mail.outbox if message.subject.startswith("Changed")]
    return found[-1].body if found else ""


@pytest.fixture
def promise(slot, bo):
    return slot.claim(by=bo, at=now())


def test_the_mail_and_the_page_say_old_and_new(supper, promise, ada, bo):
    was = supper.would_help
    edit(supper, ada, would_help="Bread, no nuts", title="Bread")

    body = letter()
    page = text(signed_in(bo).get(promise.get_absolute_url()))

    for told in (body, page):
        assert (
            f"What would help: Bread, no nuts (until now: {was})" in told or not was and "this is new" in told
        )
        assert "Title: Bread (until now: " in told
    assert ".." not in body and ". What stands" not in body


def test_what_was_left_out_is_said(supper, promise, ada):
    type(supper).objects.filter(pk=supper.pk).update(how_done="The pot is empty")
    edit(supper, ada, how_done="")

    assert "How you know it is done: nothing any more (until now: The pot is empty)" in letter()


def test_several_changes_are_told_from_the_first_word_to_the_last(supper, promise, ada):
    old = supper.title
    for title in ("One", "Two", "Three"):
        edit(supper, ada, title=title)

    assert f"Title: Three (until now: {old})" in letter()


def test_what_was_changed_back_is_not_told(supper, promise, ada):
    old = supper.title
    for title in ("Another", old):
        edit(supper, ada, title=title)

    assert letter() == ""


def test_a_new_address_is_named_and_stands_on_the_page_alone(supper, promise, ada):
    edit(supper, ada, address="Rua Nova 7")

    body = letter()

    assert "Address: changed, see the page" in body
    assert "Rua Nova" not in body


def test_whoever_may_not_see_it_does_not_hear_that_it_changed(street, ada, bo):
    walk = ask_for_company(ada, street)
    walk.slots.get().claim(by=bo, at=now())
    edit(walk, ada, address="Rua Nova 7", title="A walk in the park")

    body = letter()

    assert "A walk in the park" in body
    assert "Address" not in body and "Rua Nova" not in body


def test_what_they_may_not_see_is_nothing_to_tell(street, ada, bo):
    walk = ask_for_company(ada, street)
    walk.slots.get().claim(by=bo, at=now())
    edit(walk, ada, address="Rua Nova 7")

    assert letter() == ""


def test_markup_stays_text(supper, promise, ada, bo):
    edit(supper, ada, title="<b>Bread</b> & soup")
    letter()

    html = next(m for m in mail.outbox if m.subject.startswith("Changed")).alternatives[0].content
    page = signed_in(bo).get(promise.get_absolute_url()).content.decode()

    assert "<b>Bread</b>" not in html + page
    assert "&lt;b&gt;Bread&lt;/b&gt; &amp; soup" in html and "&lt;b&gt;Bread" in page


def test_a_week_later_the_page_is_quiet_again(supper, promise, ada, bo, time_machine):
    edit(supper, ada, title="Bread")
    signed = signed_in(bo)
    assert "What has changed" in text(signed.get(promise.get_absolute_url()))

    time_machine.move_to(now() + dt.timedelta(days=8))

    assert "What has changed" not in text(signed_in(bo).get(promise.get_absolute_url()))


def old_words_kept():
    return [notice.facts.get("was") for notice in Notice.objects.filter(kind="slot_changed").order_by("pk")]


def test_the_old_words_are_kept_no_longer_than_the_page_shows_them(supper, promise, ada):
    was = supper.title
    edit(supper, ada, title="Bread")
    assert "Title: Bread" in letter()
    night = (now() + 8 * DAY).replace(hour=3, minute=0)

    kept = []
    for moment in (night - 3 * DAY, night + MINUTE, night):
        run_all(moment)
        kept.append(old_words_kept())

    assert kept == [[{"title": was}], [{"title": was}], [None]]
    assert [n.facts["fields"] for n in Notice.objects.filter(kind="slot_changed")] == [["title"]]


def test_the_old_words_of_what_could_not_be_told_yet_stay(supper, promise, ada):
    was = supper.title
    edit(supper, ada, title="Bread")

    forget_old_words((now() + 8 * DAY).replace(hour=3, minute=0))

    assert old_words_kept() == [{"title": was}]


def test_a_wish_at_the_door_of_all_times_changes_nothing_where_a_time_has_its_own(supper, promise, ada):
    type(promise.slot).objects.filter(pk=promise.slot_id).update(doorstep="stay")
    edit(supper, ada, doorstep="hello")

    assert letter() == ""


@pytest.mark.parametrize(("wish", "said"), [("stay", "until now: "), ("hello", "")])
def test_a_wish_for_today_is_told_where_it_is_another(street, ada, bo, wish, said):
    today = ask(ada, street, in_days=0, hours=5, doorstep="hello")
    slot = today.slots.get()
    type(slot).objects.update(starts_at=now() + HOUR)
    slot.refresh_from_db()
    slot.claim(by=bo, at=now())

    told = Slot.objects.wish_for_today(wish, by=ada, at=now())

    assert told == bool(said)
    assert (f"{said}{today.get_doorstep_display()}" if said else "") in letter()
    assert bool(letter()) == bool(said)


def test_words_that_somebody_took_back_stand_in_no_mail_once_more(street, ada, bo):
    rosa = make_person("Rosa")
    asked = consent_changed.ask(
        by=ada,
        at=now(),
        circle=street,
        form_key=uuid.uuid4(),
        times={"timing": "whenever"},
        whom={"name": "Rosa", "email": rosa.email, "how_they_know": ""},
        kind="instrumental",
        category="meal",
        title="Shopping",
        would_help="Her tablets from the clinic",
        how_done="The bag is at the door",
    )
    asked.consent.send(by=ada, at=now())
    asked.consent.agree(by=rosa, at=now())
    asked.slots.get().claim(by=bo, at=now())
    edit(asked, ada, how_done="It is in the fridge")

    asked.consent.agree(by=rosa, at=now(), struck=["would_help"])

    asked.refresh_from_db()
    body = letter()
    assert asked.would_help == ""
    assert "What would help: changed, see the page" in body and "The bag is at the door" in body
    assert "tablets" not in body
