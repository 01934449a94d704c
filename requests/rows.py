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
        if isinstance(row[name], str):
            row[name] = parse_datetime(row[name]).replace(tzinfo=dt.UTC)
    return row
