"""A browser without JavaScript, and many at once, for the tests of pages."""

import datetime as dt
import re
import threading

import pytest
from django.db import connection
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


def in_parallel(test):
    """For tests of races, which need connections that run in parallel."""
    only = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one by one")
    return pytest.mark.postgres(pytest.mark.django_db(transaction=True)(only(test)))


def race(acts):
    """Run all at once, each on its own connection; what each returned, or the name of what it raised."""
    outcomes, ready = [], threading.Barrier(len(acts))

    def run(act):
        try:
            ready.wait()
            outcomes.append(act())
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(dt.timedelta(seconds=30).total_seconds())
    return outcomes
