"""A browser without JavaScript, and many at once, for the tests of pages."""

import re

import pytest
from django.test import Client

from tests.racing import at_once


def signed_in(person):
    """A client in which `person` is signed in."""
    client = Client()
    client.force_login(person)
    return client


def shows_it_is_them(client, person, mailoutbox):
    """Somebody who is signed in shows once more that it is them: by a code to their present address."""
    client.post("/accounts/reauthenticate/code/", {"recipient": person.email})
    return client.post("/accounts/reauthenticate/code/confirm/", {"code": code_in(mailoutbox[-1])})


def errors(response):
    """The errors of the page's form, as plain lists by field."""
    return {field: list(messages) for field, messages in response.context["form"].errors.items()}


def code_in(message):
    """The code that a mail holds."""
    return re.search(r"\b\d{4}-\d{4}(-\d{4})?\b", message.body).group()


def text(response):
    """The words of a page, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def markup(response):
    """The page with each break and indent as one space, and none before the end of a tag: as a browser reads it."""
    return " ".join(response.content.decode().split()).replace(" >", ">")


def in_parallel(test):
    """For tests of races, which need connections that run in parallel."""
    return pytest.mark.postgres(pytest.mark.django_db(transaction=True)(test))


def race(acts):
    """Run all at once; what each returned, or the name of what it raised."""
    return [type(one).__name__ if isinstance(one, Exception) else one for one in at_once(*acts)]
