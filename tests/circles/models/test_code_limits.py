"""The limits of the door to the second: when the next mail goes, how long a code is good, what a guess costs."""

import datetime as dt

import pytest

from circles.models import SignInCode, TooManyMails
from circles.models.sign_in_code import grouped
from tests.cast import now

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
DAY = 24 * HOUR
ADA, BO = "ada@example.org", "bo@example.org"

pytestmark = pytest.mark.django_db


@pytest.fixture
def start():
    """A whole second, so that moments come back from the row as they were."""
    return now().replace(microsecond=0)


def ask(at, *, is_known=False, email=ADA):
    return SignInCode.objects.ask(email, is_known=is_known, at=at)


def enter(code, at, email=ADA):
    return SignInCode.objects.is_right(email, code.replace("-", ""), at=at)


def guess(times, at):
    for _ in range(times):
        SignInCode.objects.is_right(ADA, "nothing", at=at)


def is_good(at, email=ADA):
    return SignInCode.objects.is_good(email, at=at)


def change_to_another(at, *, is_own=False):
    """Whether a mail goes to the address that somebody types as their new one; else from when on it would."""
    try:
        SignInCode.objects.count_mail(ADA, is_own=is_own, at=at)
    except TooManyMails as early:
        return early.again_at
    return True


# When the next mail goes ----------------------------------------------------------------------------------------


def test_strangers_set_off_a_mail_then_after_a_minute_then_after_twenty_then_every_three_hours(start):
    minutes = (0, 1, 21, *range(201, 24 * 60, 180), 1281 + 180)

    for minute in minutes:
        at = start + minute * MINUTE
        if minute:
            assert not ask(at - SECOND).is_mailed
        assert ask(at).is_mailed


def test_the_owner_is_mailed_once_a_minute_up_to_four_an_hour(start):
    mailed = [ask(start + n * 30 * SECOND, is_known=True).is_mailed for n in range(12)]

    assert mailed == [True, False] * 4 + [False] * 4
    assert not ask(start + HOUR - SECOND, is_known=True).is_mailed
    assert ask(start + HOUR, is_known=True).is_mailed


def test_what_strangers_set_off_makes_the_owner_wait_no_minute(start):
    ask(start)

    assert ask(start + SECOND, is_known=True).is_mailed


def test_nineteen_mails_a_day_and_a_spare_one_are_all(start):
    moments = [start + hour * HOUR + n * MINUTE for hour in range(5) for n in range(4)]
    assert [ask(at, is_known=True).is_mailed for at in moments] == [True] * 19 + [False]

    assert not ask(start + DAY - SECOND, is_known=True).is_mailed
    assert ask(start + DAY, is_known=True).is_mailed


def test_who_types_the_address_as_a_new_one_sends_two_mails_an_hour_and_four_a_day(start):
    assert change_to_another(start) is change_to_another(start) is True
    assert change_to_another(start + HOUR - SECOND) == start + HOUR
    assert change_to_another(start + HOUR) is change_to_another(start + HOUR) is True
    assert change_to_another(start + 2 * HOUR) == start + DAY
    assert change_to_another(start + DAY) is True


def test_strangers_and_those_who_type_it_as_their_new_one_send_three_an_hour_together(start):
    assert ask(start).is_mailed
    assert change_to_another(start) is True
    assert ask(start + MINUTE).is_mailed

    assert change_to_another(start + 2 * MINUTE) == start + HOUR
    assert not ask(start + 30 * MINUTE).is_mailed
    assert ask(start + 31 * MINUTE, is_known=True).is_mailed


def test_together_they_send_fourteen_a_day(start):
    for minute in (0, 1, 21, *range(201, 24 * 60, 180)):
        assert ask(start + minute * MINUTE).is_mailed
        if minute in (201, 381, 561, 741):
            assert change_to_another(start + minute * MINUTE) is True

    assert change_to_another(start + DAY - SECOND) == start + 201 * MINUTE + DAY
    assert not ask(start + DAY - SECOND).is_mailed


def test_ones_own_address_may_be_mailed_four_times_an_hour_by_oneself(start):
    assert [change_to_another(start, is_own=True) for _ in range(5)] == [True] * 4 + [start + HOUR]


def test_a_mail_that_did_not_go_out_is_the_only_one_that_does_not_count(start):
    for n in range(4):
        ask(start + n * MINUTE, is_known=True)
    SignInCode.objects.unsend(ADA, at=start + 2 * MINUTE)

    mailed = [ask(start + minutes * MINUTE, is_known=True).is_mailed for minutes in (5, 6)]

    assert mailed == [True, False]


# How long a code is good ----------------------------------------------------------------------------------------


def test_a_code_is_good_for_fifteen_minutes_or_until_strangers_may_have_another(start):
    first, second, third = (ask(start + minute * MINUTE) for minute in (0, 1, 21))

    assert [one.minutes for one in (first, second, third)] == [15, 21, 181]
    assert is_good(start + 202 * MINUTE - SECOND) and not is_good(start + 202 * MINUTE)


def test_minutes_that_began_count_and_none_are_left_afterwards(start):
    ask(start)

    left = [
        SignInCode.objects.minutes_left(ADA, at=start + seconds * SECOND)
        for seconds in (0, 1, 60, 899, 900, 1800)
    ]

    assert left == [15, 15, 14, 1, 0, 0]
    assert SignInCode.objects.minutes_left(BO, at=start) == 0


def test_the_owners_code_is_not_cut_short_by_the_next_mail(start):
    for minute in (0, 1, 21):
        ask(start + minute * MINUTE)

    assert ask(start + 22 * MINUTE, is_known=True).minutes == 180


def test_a_code_is_over_once_it_opened_and_the_next_one_is_another(start):
    asked = ask(start)
    assert enter(asked.code, start + MINUTE)

    assert not is_good(start + MINUTE)
    assert ask(start + 2 * MINUTE).code != asked.code


def test_a_wrong_guess_leaves_the_code_as_it_is(start):
    asked = ask(start)
    guess(1, start)

    assert is_good(start) and enter(asked.code, start)


def test_of_an_address_that_is_nobodys_any_more_the_code_is_gone_and_the_next_is_another(start):
    asked = [ask(start, email=email) for email in (ADA, BO)]
    SignInCode.objects.forget(ADA)

    assert [is_good(start, email) for email in (ADA, BO)] == [False, True]
    assert not enter(asked[0].code, start)
    again = ask(start + SECOND)
    assert again.is_mailed and again.code != asked[0].code
    assert enter(again.code, start + SECOND)


# Where nothing more may be mailed -------------------------------------------------------------------------------


@pytest.mark.parametrize("is_known", [True, False])
def test_the_last_code_opens_once_more_where_the_hour_is_used_up(start, is_known):
    for n in range(4):
        asked = ask(start + n * MINUTE, is_known=True)
        assert asked.is_mailed and enter(asked.code, start + n * MINUTE)
    later = start + 10 * MINUTE

    again = ask(later, is_known=is_known)

    assert (again.is_mailed, again.code, again.minutes) == (False, asked.code, 15)
    assert enter(again.code, later) and not enter(again.code, later)
    with pytest.raises(TooManyMails) as early:
        ask(start + HOUR - MINUTE, is_known=is_known)
    assert early.value.again_at == start + HOUR
    assert ask(start + HOUR, is_known=is_known).code != asked.code


@pytest.mark.parametrize("is_known", [True, False])
def test_a_code_guessed_to_death_is_not_revived_and_the_spare_mail_goes_once(start, is_known):
    for n in range(4):
        ask(start + n * MINUTE, is_known=True)
    SignInCode.objects.update(guesses=4000, guessed_lately=4000)

    spare = ask(start + 10 * MINUTE, is_known=is_known)

    assert (spare.is_mailed, len(spare.code)) == (True, 14)
    SignInCode.objects.forget(ADA)
    with pytest.raises(TooManyMails) as early:
        ask(start + 20 * MINUTE, is_known=is_known)
    assert early.value.again_at == start + HOUR


def test_who_waits_for_a_minute_at_most_waits_for_a_new_code(start):
    asked = ask(start, is_known=True)
    enter(asked.code, start)

    with pytest.raises(TooManyMails) as early:
        ask(start, is_known=True)

    assert early.value.again_at == start + MINUTE
    assert ask(early.value.again_at, is_known=True).code != asked.code


def test_each_visit_of_the_owner_gives_back_one_mail_that_strangers_set_off_and_no_more(start):
    for minute in (0, 1, 21):
        asked = ask(start + minute * MINUTE)
    at = start + 22 * MINUTE
    assert enter(asked.code, at)

    # Of three mails two are left that strangers set off: the next goes twenty minutes after the second.
    assert ask(at).is_mailed
    assert not ask(at + 3 * HOUR - SECOND).is_mailed


# Guessing -------------------------------------------------------------------------------------------------------


def test_the_four_thousandth_wrong_guess_ends_a_short_code(start):
    asked = ask(start)
    SignInCode.objects.update(guesses=3999, guessed_lately=3999)
    assert is_good(start)

    guess(1, start)

    assert not is_good(start) and not enter(asked.code, start)


def test_no_number_of_guesses_ends_a_long_one(start):
    ask(start)
    SignInCode.objects.update(guesses=4000, guessed_lately=4000)
    longer = ask(start + SECOND)
    SignInCode.objects.update(guesses=10**6)

    assert len(longer.code) == len("1234-5678-9012")
    assert enter(longer.code, start + SECOND)


def test_a_code_guessed_to_death_does_not_use_up_what_strangers_may_set_off(start):
    ask(start)
    SignInCode.objects.update(guesses=4000, guessed_lately=4000)
    ask(start + SECOND)

    assert ask(start + MINUTE).is_mailed


@pytest.mark.parametrize(("wrong", "letters"), [(19, 9), (20, 14)])
def test_twenty_wrong_guesses_in_a_day_make_the_next_codes_longer(start, wrong, letters):
    asked = ask(start)
    guess(wrong, start)
    assert enter(asked.code, start)

    assert len(ask(start + DAY - SECOND).code) == letters


def test_a_day_later_guesses_are_forgotten(start):
    ask(start)
    guess(20, start)

    assert len(ask(start + DAY).code) == 9


def test_who_goes_on_guessing_keeps_codes_long(start):
    ask(start)
    guess(20, start)
    guess(1, start + HOUR)

    assert len(ask(start + DAY).code) == 14
    assert len(ask(start + DAY + HOUR).code) == 9


def test_each_new_code_begins_without_guesses(start):
    asked = ask(start)
    guess(5, start)
    enter(asked.code, start)

    ask(start + MINUTE)

    row = SignInCode.objects.get()
    assert (row.guesses, row.guessed_lately) == (0, 5)


# Rows -----------------------------------------------------------------------------------------------------------


def test_a_row_is_forgotten_a_day_after_it_was_last_used_and_not_while_its_code_is_good(start):
    ask(start)
    ask(start, email=BO)
    assert not SignInCode.objects.stale(start + DAY).exists()
    guess(1, start + HOUR)

    assert SignInCode.objects.stale(start + DAY + SECOND).count() == 1
    SignInCode.objects.update(good_until=start + 2 * DAY)
    assert not SignInCode.objects.stale(start + DAY + SECOND).exists()


def test_codes_are_read_aloud_in_fours_and_keep_their_noughts():
    row = SignInCode(salt="", length=8)
    seen = set()
    for salt in range(300):
        row.salt = str(salt)
        seen.add((len(row.digits), row.digits[0] == "0"))

    assert seen == {(8, False), (8, True)}
    assert (grouped("00345678"), grouped("123456789012")) == ("0034-5678", "1234-5678-9012")
