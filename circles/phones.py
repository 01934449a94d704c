"""Phone numbers, as people write them: with blanks, brackets, dots, and with or without the country's own digits."""

import re
import unicodedata

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
    """Whether it can be called: enough digits, and nothing but what stands between them."""
    return len(digits(phone)) >= FEWEST_DIGITS and re.fullmatch(r"[\d\s+()/.\-–]+", phone) is not None
