"""The link under a mail that turns it down: whose, which kind, about what; signed, never run out."""

from django.core import signing
from django.urls import reverse

SALT = "notices.unsubscribe"


class BrokenToken(Exception):
    """The link was cut short or changed on its way."""


def path(kind, reader, cause):
    """Where this reader turns down mails of `kind` about `cause`."""
    token = signing.dumps([reader.pk, kind.name, cause.pk], salt=SALT)
    return reverse("unsubscribe", args=[token])


def read(token):
    """(reader id, kind name, cause id) of a token that we gave out; raises BrokenToken."""
    try:
        reader_id, kind_name, cause_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BrokenToken from None
    return reader_id, kind_name, cause_id
