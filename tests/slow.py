"""Whoever sends one byte a second: many at once, on this machine, for a few seconds, and what it costs others."""

import socket
import ssl
import time
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPSConnection

HEAD = "POST /accounts/login/code/ HTTP/1.1\r\nHost: localhost:{port}\r\n"
KINDS = {
    "headers": HEAD + "X-Slow: ",
    "bodies": HEAD + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nlogin=",
}
# The proxy's certificate is its own, and this machine talks to itself.
TRUSTING = ssl._create_unverified_context()  # noqa: S323


def longest_wait(port, kind, count, *, tls=False, seconds=3):
    """Seconds that the slowest of the questions for /healthz took, while `count` others send slowly."""
    waits = []
    with ExitStack() as stack:
        slow = [stack.enter_context(_begin(port, KINDS[kind], tls)) for _ in range(count)]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for connection in slow:
                connection.sendall(b"a")
            waits += [_ask(port, tls) for _ in range(4)]
            time.sleep(0.5)
    return max(waits)


def _begin(port, head, tls):
    connection = socket.create_connection(("127.0.0.1", port))
    connection = TRUSTING.wrap_socket(connection, server_hostname="localhost") if tls else connection
    connection.sendall(head.format(port=port).encode())
    return connection


def _ask(port, tls):
    started = time.monotonic()
    kind, more = (HTTPSConnection, {"context": TRUSTING}) if tls else (HTTPConnection, {})
    browser = kind("localhost", port, timeout=10, **more)
    browser.request("GET", "/healthz")
    assert browser.getresponse().status == 200
    browser.close()
    return time.monotonic() - started
