"""Phone numbers, as people write them: with blanks, brackets, dots, and with or without the country's own digits."""

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import phonenumbers

# Shorter ones are house numbers, years and extensions.
FEWEST_DIGITS = 5
# From so many digits on, the end of a number tells the same as all of it.
ENOUGH = 7


def digits(phone):
    """The digits alone, whatever script they are written in, without the zeros in front."""
    return "".join(str(unicodedata.digit(letter)) for letter in phone if letter.isdecimal()).lstrip("0")


def same_number(one, other):
    """Whether both may be the same telephone: "+351 555 0101" and "0555-0101"."""
    short, long = sorted((digits(one), digits(other)), key=len)
    return bool(short) and (short == long or len(short) >= ENOUGH and long.endswith(short))


def looks_like_a_number(phone):
    """Whether somebody can dial it: enough digits, whatever an address book or a habit puts between and around them."""
    return len(digits(phone)) >= FEWEST_DIGITS


@lru_cache(4096)
def pieces(phone, zone):
    """`phone` cut into [(text, what to dial or "")], such as ("+49 (0)30 5550101", "tel:+49-30-5550101").

    Numbers without the digits of a country are of the one where the IANA zone `zone` is. What is no number anywhere
    stays text, but for a row of digits by itself, which is dialled as it stands (RFC 3966).
    """
    found, behind = [], 0
    for match in phonenumbers.PhoneNumberMatcher(phone, _country(zone)):
        dialled = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.RFC3966)
        found += [(phone[behind : match.start], ""), (phone[match.start : match.end], dialled)]
        behind = match.end
    if not found and _is_one_row(phone):
        return ((phone, f"tel:{_plain(phone)}"),)
    return tuple((text, dialled) for text, dialled in [*found, (phone[behind:], "")] if text)


def _is_one_row(phone):
    between = {letter for letter in phone.removeprefix("+") if not letter.isdecimal()}
    fewest = ENOUGH if phone.startswith("+") else 3
    return fewest <= len(_plain(phone).removeprefix("+")) <= 15 and between <= set(" -.")


def _plain(phone):
    digits_alone = (str(unicodedata.digit(letter)) for letter in phone if letter.isdecimal())
    return "+" * phone.startswith("+") + "".join(digits_alone)


def _country(zone):
    return _countries().get(zone)


@cache
def _countries():
    """{zone: country (ISO 3166)} of every zone in which somebody lives, by the time zone database, old names too."""
    found = {zone: country for country, _place, zone, *_more in _rows("zone.tab", "\t")}
    links = [row for row in _rows("tzdata.zi", " ") if row[0] == "L"]
    return {old: found[zone] for _link, zone, old in links if zone in found} | found


def _rows(name, between):
    lines = files("tzdata").joinpath("zoneinfo", name).read_text().splitlines()
    return (line.split(between) for line in lines if line and not line.startswith("#"))
