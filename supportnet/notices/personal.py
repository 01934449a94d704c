"""Links that know for whom they were mailed: whoever passes one on passes on no more than an address.

A letter to somebody with an account leads to none of our pages directly. Each address in it goes by `/go/<token>/`,
where the page asks "Continue as NAME?" unless that very person is signed in. The token opens nothing by itself: it
says where to and for whom, and whoever comes still has to show who they are. So it never runs out, a mail of last
year still leads to its page, and half of a signature is enough to keep it from being made up.
"""

import base64
import binascii
import re

from django.conf import settings
from django.core import signing
from django.urls import reverse

from supportnet.notices.local_paths import is_ours

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
    packed = base64.urlsafe_b64encode(f"{reader.pk}{to}".encode()).decode().rstrip("=")
    return reverse("personal_link", args=[Signer().sign(packed)])


def read(token):
    """(reader id, path) of a token that we gave out; raises `BrokenLink`."""
    try:
        packed = Signer().unsign(token)
        reader, slash, rest = (
            base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode().partition("/")
        )
    except (signing.BadSignature, binascii.Error, ValueError):
        raise BrokenLink from None
    if not (reader.isdecimal() and is_ours(slash + rest)):
        raise BrokenLink
    return int(reader), slash + rest


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
