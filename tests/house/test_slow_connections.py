"""Whoever sends slowly, or too much, costs nobody else anything: with `make run`, and behind the shipped proxy."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPSConnection

import pytest

from tests import moment, slow
from tests.running import ROOT, Running, free_port, until

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

# What a test adds to the shipped file: ports that nobody else has, and no changes to this machine.
ONLY_HERE = (
    "{{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\thttp_port {http}\n\tservers"
)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """`manage.py run` on loopback, without a proxy."""
    here = Running(tmp_path_factory.mktemp("running") / "var").furnish().start()
    try:
        until(here.ready)
        yield here
    finally:
        here.end_if_need_be()


@pytest.fixture(scope="module")
def deployed(running, tmp_path_factory):
    """The port of the shipped Caddyfile, in front of the web of deploy/ (both with TLS in their address)."""
    folder, port, web = tmp_path_factory.mktemp("deployed"), free_port(), free_port()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG", *moment.INHERITED) if name in os.environ},
        "HOME": str(folder),
        "SITE_URL": f"https://localhost:{port}",
        "WEB": f"127.0.0.1:{web}",
        "BIND": f"127.0.0.1:{web}",
        "SUPPORTNET_VAR": str(running.var),
        "REDIS_URL": f"unix://{running.var}/broker.sock",
        "EMAIL_URL": "smtp://127.0.0.1:9",
    }
    file = folder / "Caddyfile"
    shipped = (ROOT / "deploy/Caddyfile").read_text()
    assert "{\n\tservers" in shipped
    file.write_text(shipped.replace("{\n\tservers", ONLY_HERE.format(http=free_port()), 1))
    caddy = shutil.which("caddy")
    assert caddy, "These tests drive the shipped proxy: apt install caddy"
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "supportnet.wsgi"]
    commands = [gunicorn, [caddy, "run", "--config", str(file), "--adapter", "caddyfile"]]
    with open(folder / "log", "w") as log:
        processes = [
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
            for command in commands
        ]
    try:
        until(lambda: answer(port, "GET", "/healthz")[0] == 200)
        yield port
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
            process.wait(15)


def answer(port, method, path, body=None):
    """Status, headers and text that a visitor with TLS gets; (0, {}, "") while nobody answers."""
    with closing(HTTPSConnection("localhost", port, timeout=20, context=slow.TRUSTING)) as browser:
        try:
            browser.request(method, path, body)
            response = browser.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode()
        except OSError:
            return 0, {}, ""


def raw(port, words):
    """What the web answers to bytes that no browser would send."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
        connection.sendall(words)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


@pytest.mark.parametrize("kind", slow.KINDS)
def test_fifty_slow_connections_cost_others_nothing_without_a_proxy(running, kind):
    assert slow.longest_wait(running.port, kind, 50) < 1


@pytest.mark.parametrize("kind", slow.KINDS)
def test_nor_do_two_hundred(running, kind):
    assert slow.longest_wait(running.port, kind, 200) < 1


@pytest.mark.parametrize("kind", slow.KINDS)
def test_nor_do_two_hundred_behind_the_shipped_proxy(deployed, kind):
    assert slow.longest_wait(deployed, kind, 200, tls=True) < 1


def test_whoever_reads_slowly_costs_others_nothing_either(running):
    lazy = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(50)]
    for connection in lazy:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        connection.sendall(b"GET /accounts/login/code/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    # Every page is made, and its answer has begun to leave; nobody reads on.
    begun = [connection.recv(1) for connection in lazy]

    started = time.monotonic()
    status, _ = running.get("/healthz")
    took = time.monotonic() - started
    for connection in lazy:
        connection.close()

    assert begun == [b"H"] * 50
    assert (status, took < 1) == (200, True)


def test_a_page_that_is_sent_too_much_says_so_with_and_without_the_proxy(running, deployed):
    body = b"login=" + b"a" * 10_000_000
    head = f"POST /accounts/login/code/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"

    here = raw(running.port, head.encode() + body)
    status, headers, text = answer(deployed, "POST", "/accounts/login/code/", body)

    assert here.startswith("HTTP/1.1 413 ")
    assert "That was too much for one page." in here
    assert (status, "That was too much for one page." in text) == (413, True)
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"a" * 40_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ],
)
def test_what_is_no_request_is_answered_in_words_and_with_the_headers_of_every_answer(running, words, status):
    said = raw(running.port, words)

    head, _, text = said.partition("\r\n\r\n")
    assert head.split()[1] == str(status)
    assert "default-src 'none'" in head
    assert "X-Content-Type-Options: nosniff" in head
    assert text.strip()
    assert "waitress" not in said.lower()


def test_what_the_proxy_says_by_itself_has_words_and_headers_too(deployed):
    status, headers, text = answer(deployed, "POST", "/accounts/login/code/", b"a" * 31_000_000)

    # Caddy 2.6 calls a body beyond its limit a trouble with the web (502); newer ones know it for what it is.
    words = {413: "That was too much at once. Nothing has changed."}
    away = "SupportNet cannot be reached just now. Please try again in a minute."
    assert status in (413, 502)
    assert text == words.get(status, away)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
