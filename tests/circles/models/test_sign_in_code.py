"""One code for one address: limits that bound mails and guesses, and never turn against the owner."""

import datetime as dt
import math
from contextlib import suppress

import pytest

from circles.models import SignInCode, TooManyMails
from circles.models.sign_in_code import FOREIGN, GUESSES, GUESSES_BEFORE_LONGER
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


class Siege:
    """Strangers press for ADA once a second, and type her address as their new one, for as long as it lasts.

    Tried are the presses on which something depends: those that mail, and the one before each visit of the owner.
    """

    def __init__(self, start):
        self.at, self.mails, self.code = start, [], None

    def press_until(self, end):
        while self.at < end:
            self.press()
            self.at = self.next_that_mails()
        self.at = end - SECOND
        self.press()
        self.at = end

    def next_that_mails(self, of=FOREIGN):
        row = SignInCode.objects.get()
        wait = min(row._next_mail(who, at=self.at) for who in of) - self.at
        return self.at + SECOND * max(1, math.ceil(wait / SECOND))

    def press(self):
        with suppress(TooManyMails):
            self.note(ask(self.at))
        with suppress(TooManyMails):
            SignInCode.objects.count_mail(ADA, is_own=False, at=self.at)
            self.mails.append(self.at)

    def note(self, asked):
        if asked.is_mailed:
            self.mails.append(self.at)
            self.code = asked
        assert asked.code == self.code.code  # what is said to lie in the mailbox does

    def visit(self, *, is_known):
        """How long the owner waits until what lies in the mailbox opens the door."""
        came = self.at
        try:
            self.note(ask(self.at, is_known=is_known))
        except TooManyMails as wait:
            self.at = wait.again_at
            self.note(ask(self.at, is_known=is_known))
        assert is_right(self.code, self.at)
        return self.at - came


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize(
    "visits",
    [
        [10 * MINUTE],
        [n * 2 * MINUTE for n in range(1, 30)],
        [n * 61 * SECOND for n in range(1, 12)] + [n * HOUR for n in range(1, 25)],
        [24 * HOUR, 24 * HOUR + 5 * MINUTE, 24 * HOUR + 6 * MINUTE, 24 * HOUR + 7 * MINUTE],
    ],
)
def test_whatever_strangers_press_the_owner_comes_in_within_a_minute_in_any_browser(visits, is_known):
    start = now()
    siege = Siege(start)

    waits = []
    for visit in visits:
        siege.press_until(max(start + visit, siege.at + SECOND))
        waits.append(siege.visit(is_known=is_known))

    assert max(waits) <= MINUTE
    assert within(siege.mails, HOUR) <= 5
    assert within(siege.mails, 24 * HOUR) <= 20


def test_strangers_alone_set_off_three_mails_an_hour_and_ten_a_day():
    start, mailed = now(), []
    siege = Siege(start)
    while siege.at < start + 30 * HOUR:
        mailed += [siege.at] * ask(siege.at).is_mailed
        siege.at = siege.next_that_mails(of=("stranger",))

    assert (within(mailed, HOUR), within(mailed, 24 * HOUR)) == (3, 10)


def test_a_code_guessed_to_death_while_strangers_press_keeps_the_owner_waiting_for_a_minute_at_most():
    """Also where the owner used up every mail of the hour."""
    start = now()
    siege = Siege(start)
    for minute in range(1, 12):
        siege.press_until(start + minute * 2 * MINUTE)
        siege.visit(is_known=False)
    SignInCode.objects.update(guesses=GUESSES - 1, guessed_lately=GUESSES - 1)
    guess(1, siege.at)

    assert siege.visit(is_known=False) <= MINUTE
    assert (len(siege.code.code), within(siege.mails, HOUR)) == (len("1234-5678-9012"), 5)


def test_codes_stay_long_until_a_day_after_the_last_guess():
    start = now()
    ask(start)
    for hours in range(0, 40, 2):
        guess(GUESSES_BEFORE_LONGER, start + hours * HOUR)

    assert len(ask(start + 61 * HOUR).code) == 14
    assert len(ask(start + 63 * HOUR).code) == 9


def test_an_address_that_was_given_up_and_comes_back_waits_for_no_stranger():
    start = now()
    siege = Siege(start)
    siege.press_until(start + 30 * MINUTE)

    SignInCode.objects.forget(ADA)

    assert siege.visit(is_known=False) <= MINUTE
    assert within(siege.mails, HOUR) <= 5


def test_the_owner_gets_mail_in_a_browser_that_knows_them_whatever_strangers_pressed():
    start = now()
    for second in (0, 1, 59, 60, 61, 599):
        ask(start + second * SECOND)

    theirs = [ask(start + (10 + minute) * MINUTE, is_known=True).is_mailed for minute in (0, 1, 2, 3)]

    assert theirs == [True, True, False, False]  # four within the hour, two of them set off by strangers


def test_a_code_that_has_opened_is_dead_where_another_may_be_mailed():
    at = now()
    first = ask(at)
    assert is_right(first, at)
    assert not is_right(first, at)

    second = ask(at + SECOND)

    assert (second.is_mailed, second.code == first.code) == (True, False)
    assert not is_right(first, at + SECOND)


def test_what_has_opened_a_door_is_not_mailed_again():
    start = now()
    siege = Siege(start)
    siege.press_until(start + 30 * MINUTE)
    for _ in range(3):
        siege.visit(is_known=False)
    opened = siege.code
    siege.visit(is_known=False)
    assert siege.code == opened  # no other may be mailed just now

    siege.press_until(start + 7 * HOUR)

    assert siege.code.code != opened.code
    assert not is_right(opened, siege.at)


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
