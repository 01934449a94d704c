"""Bodies that no browser sends, to every address: refused with all headers, and nothing written."""

import pytest
from django.conf import settings
from django.test import Client

from tests.fuzz.answers import faults_of
from tests.fuzz.finding import ROLES, fresh  # noqa: F401
from tests.fuzz.test_forms import NOT_FACTS
from tests.house.test_permissions import SAMPLES, addresses, only_tried, path_to, world, written  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"
A_FILE = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="a.txt"\r\n\r\nwords\r\n'
A_PART = b'--b\r\nContent-Disposition: form-data; name="title"\r\n%s\r\n\r\n@\r\n--b--\r\n'
BODIES = {
    "10 MB": (FORM, b"title=" + b"x" * 10_000_000),
    "10,000 fields": (FORM, b"&".join(b"field%d=1" % number for number in range(10_000))),
    "10,000 times a field": (FORM, b"&".join([b"title=1"] * 10_000)),
    "no text at all": (FORM, bytes(range(256)) * 40),
    "broken percent signs": (FORM, b"title=%zz%&%=%ff&%00=%00"),
    "UTF-7": (f"{FORM}; charset=utf-7", b"title=+ADw-script+AD4-"),
    "a charset of binary": (f"{FORM}; charset=zlib", b"title=1"),
    "no charset": (f"{FORM}; charset=there-is-none", b"title=1"),
    "UTF-16": (f"{FORM}; charset=utf-16", "title=1".encode("utf-16")),
    "no type": ("", b"title=1"),
    "an odd type": ("a/b/c; ; =", b"title=1"),
    "XML": ("application/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
    "JSON": ("application/json", b'{"title": "1"}'),
    "broken JSON": ("application/json", b'{"title": '),
    "deep JSON": ("application/json", b"[" * 100_000),
    "parts without a boundary": ("multipart/form-data", b"--b\r\n"),
    "an odd boundary": ("multipart/form-data; boundary=\xff\xfe", b"--b\r\n"),
    "parts cut off": (PARTS, b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nwor'),
    "a part without a name": (PARTS, b"--b\r\nContent-Disposition: form-data\r\n\r\nwords\r\n--b--\r\n"),
    "broken base64": (
        PARTS,
        A_PART % b"Content-Transfer-Encoding: base64",
    ),
    "a long head of a part": (
        PARTS,
        b"--b\r\nContent-Disposition: " + b"x" * 100_000 + b"\r\n\r\n1\r\n--b--\r\n",
    ),
    "a file for words": (PARTS, A_FILE % b"title" + A_FILE % b"name" + A_FILE % b"email" + b"--b--\r\n"),
    "10,000 files": (PARTS, b"".join(A_FILE % (b"%d" % number) for number in range(10_000)) + b"--b--\r\n"),
    "parts in odd charsets": (
        PARTS,
        A_PART % b"Content-Type: text/plain; charset=zlib",
    ),
}
# Not ready is its answer here, where nothing runs behind the pages.
EXCEPT = {"readyz", *SAMPLES}
TOKEN = "a" * 32


def test_no_body_breaks_an_address(walk, fresh):  # noqa: F811
    every = [(name, what) for name in sorted(set(addresses()) - EXCEPT) for what in BODIES]
    for name, what in walk.shuffled(every):
        if not walk.goes_on:
            break
        role = walk.random.choice(ROLES)
        with only_tried(), written() as tables:
            client, path = careful(fresh, role), path_to(fresh, name, role)
            tables.clear()
            response, faults = faults_of(lambda client=client, path=path, what=what: send(client, path, what))
            wrote = set(tables) - NOT_FACTS
        if response is not None and response.status_code >= 400 and wrote:
            faults.append(f"refused ({response.status_code}) and wrote {wrote}")
        walk.count("bodies")
        walk.found(*((name, what, role, fault) for fault in faults))

    walk.shows_nothing()


def careful(world, role):  # noqa: F811
    """A browser for which the token against forged forms is checked, as it is outside of tests."""
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    if role in world.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
    return client


def send(client, path, what):
    """Post the body of that name, with a good token."""
    kind, body = BODIES[what]
    headers = {"X-CSRFToken": TOKEN, "Origin": "http://testserver"}
    return client.generic("POST", path, body, content_type=kind, headers=headers)
