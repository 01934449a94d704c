"""The link under a mail that turns it down: whose, which kind, about what; signed.

It lives as long as the reader has the address that it was mailed to: whoever holds an old mailbox turns down nothing.
"""

from django.core import signing
from django.urls import reverse

from .personal_links import stamp

# Part of every link that is out: another word here breaks them all.
SALT = "notices.unsubscribe"


class BrokenToken(Exception):
    """The link was cut short or changed on its way."""


def path(kind, reader, cause):
    """Where this reader turns down mails of `kind` about `cause`."""
    token = signing.dumps([reader.pk, kind.name, cause.pk, stamp(reader)], salt=SALT)
    return reverse("unsubscribe", args=[token])


def read(token):
    """(reader id, kind name, cause id, stamp of the address) of a token that we gave out; raises BrokenToken."""
    try:
        reader_id, kind_name, cause_id, stamped = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BrokenToken from None
    return reader_id, kind_name, cause_id, stamped
