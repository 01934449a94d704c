"""Rows of a SELECT written by hand, where a page has no time for the ORM to write it anew."""

import datetime as dt

from django.db import connection
from django.utils.dateparse import parse_datetime


def fetch(sql, params, *, moments):
    """The rows as dicts; datetimes in `params` and in the columns named `moments` are aware."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {name: _given(value) for name, value in params.items()})
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    if connection.vendor == "sqlite":
        for row in rows:
            row |= {name: _aware(row[name]) for name in moments}
    return rows


def _given(value):
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value


def _aware(moment):
    """SQLite gives what is calculated as text, and what stands in a column without its zone."""
    if isinstance(moment, str):
        moment = parse_datetime(moment)
    return moment.replace(tzinfo=dt.UTC) if moment is not None and moment.tzinfo is None else moment
