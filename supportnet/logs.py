"""Logs say what happened to the program, not who was involved."""

import logging
import re
from copy import copy

from .outages import reason

EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
# What follows the question mark of an address may be a search, a code or a name.
QUERY = re.compile(r"(?<=[\w/])\?[\w%.~+-]+=[^\s\"']*")
# Parts of a path that open something by themselves, or say for whom they are: invitations, personal links, feeds.
TOKEN = re.compile(r"(?<=/)(?:[\w-]+\.[\w-]{22}|[\w:-]{20,})(?=[/.\s\"']|$)")


def discreet(message):
    """`message` without e-mail addresses, query strings and secret links."""
    message = EMAIL.sub("[address]", message)
    message = QUERY.sub("?[query]", message)
    return TOKEN.sub("[token]", message)


def expected(record):
    """What stands in place of a traceback: why somebody was refused, or what is out of order; None for a bug."""
    error = record.exc_info and record.exc_info[1]
    if not error:
        return None
    refused = getattr(record, "status_code", 500) < 500
    return type(error).__name__ if refused else reason(error)


class Discreet(logging.Formatter):
    """One line a record, all of it without personal data; a traceback below it only where a bug is to be found."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def format(self, record):
        """The record as text, scrubbed after everything has been put together."""
        if why := expected(record):
            record = copy(record)
            record.msg, record.args = f"{record.getMessage()} ({why})", ()
            record.exc_info = record.exc_text = None
        return discreet(super().format(record))
