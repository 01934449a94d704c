"""One code for one address: limits that bound mails and guesses, and never turn against the owner."""

import datetime as dt
from contextlib import suppress

import pytest

from circles.models import SignInCode, TooManyMails
from circles.models.sign_in_code import GUESSES, GUESSES_BEFORE_LONGER
from tests.cast import now
from tests.circles.pages import in_parallel, race

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
ADA = "ada@example.org"

pytestmark = pytest.mark.django_db


def ask(at, *, is_known=False, email=ADA):
    return SignInCode.objects.ask(email, is_known=is_known, at=at)


def is_right(asked, at, email=ADA):
    return SignInCode.objects.is_right(email, asked.code.replace("-", ""), at=at)


def guess(times, at):
    for _ in range(times):
        SignInCode.objects.is_right(ADA, "nothing", at=at)


def within(moments, span):
    """The most of `moments` that ever lie within `span`."""
    return max(sum(start <= moment < start + span for moment in moments) for start in moments)


@pytest.mark.parametrize("press_every", [10 * SECOND, 7 * MINUTE])
def test_strangers_who_press_all_day_neither_fill_a_mailbox_nor_keep_its_owner_out(press_every):
    start = now()
    mailed, good = [], None
    at = start
    while at < start + (2 * HOUR if press_every < MINUTE else 30 * HOUR):
        asked = ask(at)
        if asked.is_mailed:
            mailed.append(at)
            good = asked.code
        # What lies in the mailbox works, at every moment.
        assert asked.code == good
        at += press_every

    assert within(mailed, HOUR) <= 3
    assert within(mailed, 24 * HOUR) <= 10


def test_the_owner_gets_mail_in_a_browser_that_knows_them_whatever_strangers_pressed():
    start = now()
    for second in range(600):
        ask(start + second * SECOND)

    theirs = [ask(start + (10 + minute) * MINUTE, is_known=True).is_mailed for minute in (0, 1, 2, 3)]

    assert theirs == [True, True, True, False]  # five within the hour, two of them set off by strangers


@pytest.mark.slow
@pytest.mark.parametrize("press_every", [20 * SECOND, 9 * MINUTE])
def test_an_owner_who_comes_and_goes_is_never_kept_out_of_a_browser_that_knows_them(press_every):
    """Strangers press, and type the address as their new one, between all of the owner's visits."""
    start = now()
    visits = [start + minutes * MINUTE for minutes in (*range(5, 60, 7), *range(90, 24 * 60, 151))]
    mailed, at = [], start

    while visits:
        with suppress(TooManyMails):
            mailed += [at] * ask(at).is_mailed
        with suppress(TooManyMails):
            SignInCode.objects.count_mail(ADA, is_own=False, at=at)
            mailed.append(at)
        if visits[0] <= at:
            asked = ask(at, is_known=True)
            mailed += [at] * asked.is_mailed
            assert is_right(asked, at)
            visits.pop(0)
        at += press_every

    assert within(mailed, HOUR) <= 5
    assert within(mailed, 24 * HOUR) <= 20


def test_a_used_code_opens_no_browser_that_is_not_known():
    at = now()
    asked = ask(at, is_known=True)
    assert is_right(asked, at)
    for minute in range(2, 12):
        asked = ask(at + minute * MINUTE, is_known=True)
        is_right(asked, at + minute * MINUTE)

    with pytest.raises(TooManyMails):
        ask(at + 12 * MINUTE)
    assert not is_right(asked, at + 12 * MINUTE)


def test_nothing_more_than_twenty_mails_a_day_go_to_an_address_even_from_its_owner():
    start = now()

    mailed = [ask(start + n * 2 * MINUTE, is_known=n % 2 == 0).is_mailed for n in range(720)]

    assert sum(mailed) <= 20
    assert max(sum(mailed[n : n + 30]) for n in range(720)) <= 5


def test_asking_again_sends_the_same_code_and_an_older_mail_stays_good():
    start = now()

    first, second = ask(start), ask(start + 2 * MINUTE)

    assert (second.is_mailed, second.code) == (True, first.code)


def test_a_code_opens_once_and_only_while_it_is_good():
    start = now()
    asked = ask(start)

    assert is_right(asked, start + 14 * MINUTE)
    assert not is_right(asked, start + 14 * MINUTE)
    again = ask(start + 15 * MINUTE)
    assert not is_right(again, start + 31 * MINUTE)


def test_a_code_is_for_its_address_alone():
    at = now()
    hers, his = ask(at), ask(at, email="bo@example.org")

    assert hers.code != his.code
    assert not is_right(hers, at, email="bo@example.org")


def test_wrong_guesses_do_not_end_a_code_before_there_are_very_many():
    at = now()
    asked = ask(at)
    SignInCode.objects.update(guesses=GUESSES - 2, guessed_lately=GUESSES - 2)
    guess(1, at)

    assert is_right(asked, at)


def test_a_code_guessed_to_death_is_followed_by_a_longer_one_at_once():
    at = now()
    asked = ask(at)
    SignInCode.objects.update(guesses=GUESSES, guessed_lately=GUESSES)

    assert not is_right(asked, at)
    longer = ask(at + SECOND)
    assert (longer.is_mailed, len(longer.code)) == (True, len("1234-5678-9012"))


def test_a_day_of_guessing_from_everywhere_has_less_than_one_chance_in_ten_thousand():
    """Every code of a day is guessed at until it ends."""
    at, chance = now(), 0.0
    for hours in range(24):
        later = at + hours * HOUR
        try:
            asked = ask(later, is_known=True)
        except TooManyMails:
            continue
        tried = GUESSES if len(asked.code) == 9 else 10**6
        chance += tried / 10 ** len(asked.code.replace("-", ""))
        row = SignInCode.objects.get()
        row.guesses, row.guessed_lately = row.guesses + tried, row.guessed_lately + tried
        row.save()

    assert 0 < chance < 1e-4


def test_a_few_slips_do_not_make_codes_longer():
    start = now()
    ask(start)
    guess(GUESSES_BEFORE_LONGER - 1, start)

    assert len(ask(start + HOUR).code) == 9


def test_a_mail_that_did_not_go_out_does_not_count():
    at = now()
    ask(at)
    SignInCode.objects.unsend(ADA, at=at)

    assert ask(at + SECOND).is_mailed


def test_whoever_types_the_address_of_another_as_their_new_one_fills_no_mailbox_either():
    start = now()
    sent = 0
    for n in range(600):
        try:
            SignInCode.objects.count_mail(ADA, is_own=False, at=start + n * SECOND)
            sent += 1
        except TooManyMails:
            pass

    assert sent == 2
    assert ask(start + 10 * MINUTE).is_mailed


def test_neither_the_address_nor_the_code_is_stored():
    asked = ask(now())

    stored = str(SignInCode.objects.values().get())
    assert ADA not in stored
    assert asked.code.replace("-", "") not in stored


def test_nothing_is_left_of_an_address_after_a_day():
    from circles.sweeps import forget_who_only_knocked

    hour = now().replace(minute=0)
    ask(hour - 25 * HOUR)
    ask(hour - HOUR, email="bo@example.org")

    forget_who_only_knocked(hour)

    assert SignInCode.objects.count() == 1


@in_parallel
def test_of_many_who_ask_at_once_one_is_mailed_and_all_get_the_same_code():
    at = now()

    asked = race([lambda: ask(at)] * 12)

    assert sum(one.is_mailed for one in asked) == 1
    assert len({one.code for one in asked}) == 1


@in_parallel
def test_a_code_entered_twice_at_once_opens_once():
    at = now()
    asked = ask(at)

    opened = race([lambda: is_right(asked, at)] * 6)

    assert sorted(opened) == [False] * 5 + [True]
