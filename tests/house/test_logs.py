"""Logs say what happened, not who was involved."""

import logging

import pytest

from supportnet.logs import Discreet, discreet


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Key (email)=(ada@example.org) already exists.", "Key (email)=([address]) already exists."),
        ("Not Found: /requests/?q=chemo&kind=ride", "Not Found: /requests/?[query]"),
        ("Not Found: /circles/join/k3J_9dkfj2-kdj3kdj2kd93k/", "Not Found: /circles/join/[token]/"),
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
