"""Rows of a SELECT written by hand, where a page has no time for the ORM to write it anew."""

import datetime as dt

from django.db import connection
from django.utils.dateparse import parse_datetime


def fetch(sql, params, *, moments):
    """The rows as dicts; datetimes in `params` and in the columns named `moments` are aware."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {name: _given(value) for name, value in params.items()})
        names = [column[0] for column in cursor.description]
        return [_row(names, values, moments) for values in cursor.fetchall()]


def _given(value):
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value


def _row(names, values, moments):
    row = dict(zip(names, values, strict=True))
    for name in moments:
        # SQLite gives what is reckoned as text, and what stands in a column without its zone.
        moment = row[name]
        if isinstance(moment, str):
            moment = parse_datetime(moment)
        if moment is not None and moment.tzinfo is None:
            row[name] = moment.replace(tzinfo=dt.UTC)
    return row
