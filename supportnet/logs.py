"""Logs say what happened to the program, not who was involved."""

import logging
import re

EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
# What follows the question mark of an address may be a search, a code or a name.
QUERY = re.compile(r"(?<=[\w/])\?[\w%.~+-]+=[^\s\"']*")
# Parts of a path that open something by themselves: invitations, unsubscribe links, feeds.
TOKEN = re.compile(r"(?<=/)[\w:-]{20,}(?=[/.\s\"']|$)")


def discreet(message):
    """`message` without e-mail addresses, query strings and secret links."""
    message = EMAIL.sub("[address]", message)
    message = QUERY.sub("?[query]", message)
    return TOKEN.sub("[token]", message)


class Discreet(logging.Formatter):
    """One line a record, tracebacks below it, all of it without personal data."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def format(self, record):
        """The record as text, scrubbed after everything has been put together."""
        return discreet(super().format(record))
