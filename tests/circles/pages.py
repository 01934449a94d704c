"""A browser without JavaScript, for the tests of pages."""

import re

from django.test import Client


def signed_in(person):
    """A client in which `person` is signed in."""
    client = Client()
    client.force_login(person)
    return client


def errors(response):
    """The errors of the page's form, as plain lists by field."""
    return {field: list(messages) for field, messages in response.context["form"].errors.items()}


def code_in(message):
    """The code that a mail holds."""
    return re.search(r"\b\d{4}-\d{4}\b", message.body).group()


def text(response):
    """The words of a page, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
