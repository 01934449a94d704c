"""Logs say what happened, not who was involved."""

import logging

import psycopg2
import pytest
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)

from supportnet import outages
from supportnet.logs import Discreet, discreet
from supportnet.outages import is_away
from tests.house.test_settings import manage


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Key (email)=(ada@example.org) already exists.", "Key (email)=([address]) already exists."),
        ("Not Found: /requests/?q=chemo&kind=ride", "Not Found: /requests/?[query]"),
        ("Not Found: /circles/join/k3J_9dkfj2-kdj3kdj2kd93k/", "Not Found: /circles/join/[token]/"),
        ("Not Found: /go/NS44NTllZWYxYi8.3PekrBMGWnP8_wYsdQ7q0C/", "Not Found: /go/[token]/"),
        ("Forbidden: /slots/7/claim/", "Forbidden: /slots/7/claim/"),
        ("What is it?", "What is it?"),
    ],
)
def test_a_line_is_scrubbed(message, kept):
    assert discreet(message) == kept


def test_tracebacks_are_scrubbed_too():
    try:
        raise ValueError("no such person: bo@example.org")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "Oh", (), (ValueError, error, error.__traceback__)
        )

    text = Discreet().format(record)

    assert "ValueError: no such person: [address]" in text
    assert "example.org" not in text


AWAY = """
from django.test import Client
for path in ("/healthz", "/readyz", "/", "/requests/", "/nothing/"):
    browser = Client(raise_request_exception=False, headers={"host": "localhost"})
    browser.cookies["session"] = "a" * 32
    print(path, browser.get(path).status_code)
"""


@pytest.mark.slow
@pytest.mark.anywhere
def test_with_the_database_away_each_page_writes_one_line_and_health_is_answered(collected):
    ended = manage("shell", "-v0", "-c", AWAY, DATABASE_URL="postgresql://ada:hush@127.0.0.1:9/gone")

    lines = ended.stderr.splitlines()
    assert ended.stdout.split("\n")[:2] == ["/healthz 200", "/readyz 503"]
    assert [line.split("django.request: ")[-1] for line in lines] == [
        f"Service Unavailable: {path} ({outages.AWAY})" for path in ("/", "/requests/", "/nothing/")
    ]


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("code", "is_expected"),
    [(None, True), ("57P01", True), ("08006", True), ("42P01", False), ("42703", False)],
)
def test_a_wrong_statement_is_a_bug_and_an_absent_database_is_not(code, is_expected):
    class FromTheDriver(Exception):
        pgcode = code

    error = OperationalError("no")
    error.__cause__ = FromTheDriver()

    assert is_away(error) is is_expected


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("kind", "is_expected"), [(DatabaseError, True), (InterfaceError, True), (ProgrammingError, False)]
)
def test_a_connection_that_ends_in_mid_statement_is_no_bug(kind, is_expected):
    """psycopg2 raises the bare class then, without a code: "server closed the connection unexpectedly"."""
    error = kind("no")
    error.__cause__ = psycopg2.DatabaseError("server closed the connection unexpectedly")

    assert is_away(error) is is_expected


def test_a_missing_table_keeps_its_traceback(db):
    with pytest.raises(DatabaseError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM a_table_that_nobody_made")

    assert not is_away(raised.value)
