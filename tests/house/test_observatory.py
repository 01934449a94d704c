"""What the HTTP Observatory would give an installation with https, by its own published rules."""

import json
from functools import cache

import pytest

from tests import observatory
from tests.house.test_settings import manage

HOST = "support.example.org"
# Run in a process of its own, since the settings of an https installation are read at its start.
LOOK = f"""
import json
from django.conf import settings
from django.test import Client
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
host = {{"host": "{HOST}"}}
plain = Client().get("/", headers=host)
found = []
for path in ("/", "/accounts/login/code/"):
    page = Client().get(path, headers=host | {{"x-forwarded-proto": "https"}})
    cookies = [cookie.OutputString() for cookie in page.cookies.values()]
    found.append([path, dict(page.headers), cookies, page.text, plain.headers.get("Location", "")])
print(json.dumps(found))
"""


@cache
def look(**variables):
    """[path, headers, cookies, html, where plain HTTP leads] of the pages that a stranger meets."""
    ended = manage(
        "shell",
        "-v0",
        "-c",
        LOOK,
        SITE_URL=f"https://{HOST}",
        EMAIL_URL="smtp://mail",
        LOG_LEVEL="ERROR",
        **variables,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


LATER = {"HSTS_SECONDS": "31536000", "HSTS_SUBDOMAINS": "1"}


@pytest.mark.slow
@pytest.mark.anywhere
@pytest.mark.parametrize(("variables", "least"), [({}, 120), (LATER, 130)], ids=["at first", "later"])
def test_it_is_the_best_grade_from_the_first_day_on(variables, least):
    grades = {
        path: observatory.grade(headers, cookies, html, redirected, HOST)
        for path, headers, cookies, html, redirected in look(**variables)
    }

    assert {letter for _, letter in grades.values()} == {"A+"}, grades
    assert min(score for score, _ in grades.values()) >= least


@pytest.mark.slow
@pytest.mark.anywhere
def test_an_hour_without_sub_domains_is_all_that_browsers_are_bound_to_unless_asked_for():
    assert look()[0][1]["Strict-Transport-Security"] == "max-age=3600"
    assert look(**LATER)[0][1]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


BEST = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("changed", "score"),
    [
        ({}, 130),
        ({"Strict-Transport-Security": "max-age=3600"}, 120),
        ({"Strict-Transport-Security": ""}, 80),
        ({"Content-Security-Policy": ""}, 55),
        ({"Content-Security-Policy": "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'"}, 80),
        ({"Content-Security-Policy": "default-src 'self'"}, 80),
        ({"X-Content-Type-Options": ""}, 125),
        ({"Access-Control-Allow-Origin": "*"}, 50),
    ],
)
def test_the_rules_themselves_tell_good_from_bad(changed, score):
    found, _ = observatory.grade(BEST | changed, [], "", f"https://{HOST}/", HOST)

    assert found == score
