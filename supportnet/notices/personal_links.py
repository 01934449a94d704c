"""Links that know for whom they were mailed: whoever passes one on passes on no more than an address.

A letter to somebody with an account leads to none of our pages directly. Each address in it goes by `/go/<token>/`,
where the page asks "Continue as NAME?" unless that very person is signed in. The token opens nothing by itself: it
says where to and for whom, and whoever comes still has to show who they are. So it lives as long as the reader has
the address that it was mailed to, a mail of last year still leads to its page, and half of a signature is enough to
keep it from being made up.
"""

import base64
import binascii
import re

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from supportnet.notices.local_paths import is_ours

# Part of every link that is out: another word breaks them all, by `stamp` also those that turn mail down.
SALT = "notices.personal"
SIGNATURE = 22  # characters, for 132 of its 256 bits: links in plain text stay short
AN_ADDRESS = r"""(/(?:(?:[^\s"'<>&]|&(?!(?:quot|lt|gt|\#\w+);))*[\w/=\#-])?)"""


class BrokenLink(Exception):
    """The link was cut short or changed on its way."""


class Signer(signing.Signer):
    """Signs in half the length."""

    def __init__(self):
        super().__init__(salt=SALT, sep=".")

    def signature(self, value, key=None):
        """The first half of the signature."""
        return super().signature(value, key)[:SIGNATURE]


def path(reader, to):
    """Where `reader` is asked "Continue as NAME?" on the way to the page `to`, a path of ours.

    The same every time, so that a mail is the same however often it is written.
    """
    packed = base64.urlsafe_b64encode(f"{reader.pk}.{stamp(reader)}{to}".encode()).decode().rstrip("=")
    return reverse("personal_link", args=[Signer().sign(packed)])


def stamp(reader):
    """Ties a link to the address that it was mailed to."""
    return salted_hmac(SALT + ".address", reader.email or "", algorithm="sha256").hexdigest()[:8]


def is_theirs(token, reader):
    """Whether the link was mailed to the address that `reader` has now: with the address, its links die."""
    return _unpacked(token)[1] == stamp(reader)


def read(token):
    """(reader id, path) of a token that we gave out; raises `BrokenLink`."""
    reader_id, _, path = _unpacked(token)
    return reader_id, path


def _unpacked(token):
    """(reader id, stamp of the address, path); raises `BrokenLink`."""
    try:
        packed = Signer().unsign(token)
        reader, slash, rest = (
            base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode().partition("/")
        )
    except (signing.BadSignature, binascii.Error, ValueError):
        raise BrokenLink from None
    reader, _, stamp = reader.partition(".")
    if not (reader.isdecimal() and is_ours(slash + rest)):
        raise BrokenLink
    return int(reader), stamp, slash + rest


def make_personal(texts, reader):
    """The parts of one letter, with every address of our pages in them made the reader's own.

    Done to what is written, so that no template can forget it. Our bare address stays: the front page is open to all.
    """
    site = settings.SITE_URL.rstrip("/")
    known = {}

    def theirs(found):
        to = found[1].replace("&amp;", "&")
        if not is_ours(to):
            return found[0]
        if to not in known:
            known[to] = site + path(reader, to)
        return known[to]

    return [re.sub(re.escape(site) + AN_ADDRESS, theirs, text) for text in texts]
