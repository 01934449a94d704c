"""No statement of a page outlasts the limit, on either database; what runs behind the pages takes its time."""

import sqlite3
import time

import psycopg2
import pytest
from django.conf import settings as current
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from circles.models import Circle
from supportnet.logs import Discreet
from supportnet.outages import AWAY
from supportnet.patience import bounded, is_out_of_time
from supportnet.urls import urlpatterns as ours
from tests.cast import make_circle

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(20)",
}


def run_for_ever():
    """A statement that has no end of its own."""
    with connection.cursor() as cursor:
        cursor.execute(ENDLESS[connection.vendor])
        cursor.fetchall()


def endless(request):
    """A page that changes something, and then asks for too much."""
    with transaction.atomic():
        Circle.objects.update(name="Changed")
        run_for_ever()


def short(request):
    """A page that asks for little."""
    return HttpResponse(str(Circle.objects.count()))


def broken(request):
    """A page with a bug."""
    raise ValueError("a bug")


handler500 = "supportnet.errors.server_error"
urlpatterns = [path("broken/", broken), path("endless/", endless), path("short/", short), *ours]


@pytest.fixture
def own_connection(transactional_db, settings):
    """The web's limit begins with a connection, and ends with this test."""
    settings.STATEMENT_SECONDS = 1
    was = dict(connection.settings_dict["OPTIONS"])
    yield
    connection.settings_dict["OPTIONS"] = was
    connection.close()


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_that_takes_too_long_says_so_kindly_and_changes_nothing(own_connection, client, olga):
    make_circle(olga, name="As it was")
    began = time.monotonic()

    response = client.get("/endless/")

    assert time.monotonic() - began < 4
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "nothing was changed" in response.content.decode()
    assert "Content-Security-Policy" in response
    assert [circle.name for circle in Circle.objects.all()] == ["As it was"]


@override_settings(ROOT_URLCONF=__name__)
def test_the_next_page_is_answered_as_ever(own_connection, client):
    assert [client.get(f"/{name}/").status_code for name in ("short", "endless", "short")] == [200, 503, 200]


# The database is away ---------------------------------------------------------------------------------------


def refuse(execute, sql, params, many, context):
    """What a connection meets when nobody listens at the other end."""
    try:
        psycopg2.connect(host="127.0.0.1", port=1, dbname="none")
    except psycopg2.OperationalError as error:
        raise OperationalError(str(error)) from error


@pytest.fixture
def visitor(ada):
    """Somebody signed in, who sees what a visitor would where something breaks."""
    visitor = Client(raise_request_exception=False)
    visitor.force_login(ada)
    return visitor


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ["/", "/circles/", "/accounts/login/code/", "/me/", "/admin/"])
def test_without_its_database_every_page_asks_for_a_moment(visitor, method, address, caplog):
    with connection.execute_wrapper(refuse):
        response = getattr(visitor, method)(address)

    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "One moment, please." in response.text
    assert "Content-Security-Policy" in response
    lines = [Discreet().format(record) for record in caplog.records]
    assert [line.count("\n") for line in lines] == [0]
    assert "Service Unavailable" in lines[0] and AWAY in lines[0]


def test_without_it_the_process_still_says_that_it_lives_with_and_without_a_session(visitor, client):
    with connection.execute_wrapper(refuse):
        assert [one.get("/healthz").status_code for one in (visitor, client)] == [200, 200]
        assert visitor.get("/readyz").json()["troubles"] == ["database"]


@override_settings(ROOT_URLCONF=__name__)
def test_a_bug_is_no_moment(visitor):
    response = visitor.get("/broken/")

    assert response.status_code == 500
    assert "One moment" not in response.text


def test_many_short_statements_are_no_long_one(db):
    began = time.monotonic()

    with bounded(connection, 0.2) if connection.vendor == "sqlite" else bounded(connection, 0):
        while time.monotonic() - began < 0.4:
            Circle.objects.count()


def test_behind_the_pages_there_is_no_end(db):
    if connection.vendor == "sqlite":
        with bounded(connection, 1):
            Circle.objects.count()
        interrupted = connection.connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000) SELECT count(*) FROM n"
        )
        assert interrupted.fetchone() == (3_000_000,)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)


def test_other_troubles_of_the_database_are_not_taken_for_impatience():
    assert not is_out_of_time(OperationalError("database is locked"))
    assert not is_out_of_time(sqlite3.OperationalError("interrupted"))
    assert not is_out_of_time(ValueError("interrupted"))


def test_the_limit_of_the_pages_is_two_seconds_unless_said_otherwise(monkeypatch):
    from supportnet import environment

    monkeypatch.delenv("STATEMENT_SECONDS")

    assert environment.number("STATEMENT_SECONDS", 2, least=0, most=600) == 2
    assert "supportnet.patience.Patience" in current.MIDDLEWARE
