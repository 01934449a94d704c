"""Browsers by the hundred: each keeps its cookies and speaks HTTP/1.1 for itself, on a connection for each page."""

import asyncio
import re
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

PATIENCE = 60  # seconds
CODE = re.compile(r"\b\d{4}-\d{4}\b")


@dataclass(frozen=True)
class Answer:
    """What came back for one request; `status` is 0 where it did not come, or not in full."""

    path: str
    status: int
    headers: dict
    body: bytes
    seconds: float

    @property
    def leads_to(self):
        """The path of a redirect, else nothing."""
        return self.headers.get("location", "")


class Visitor:
    """One browser."""

    def __init__(self, port):
        self.port = port
        self.cookies = {}

    async def get(self, path):
        """Read a page."""
        return await self._ask("GET", path, b"")

    async def post(self, path, **fields):
        """Send a form of a page that was read before: its cookie is there."""
        fields = {"csrfmiddlewaretoken": self.cookies.get("csrf", ""), **fields}
        return await self._ask("POST", path, urlencode(fields).encode())

    async def sign_in(self, email, mails):
        """Through the door; `mails` is the folder in which the code's mail will lie."""
        await self.get("/accounts/login/code/")
        await self.post("/accounts/login/code/", email=email)
        answer = await self.post("/accounts/login/code/confirm/", code=await code_for(email, mails))
        assert answer.status == 302 and "session" in self.cookies, (answer.status, answer.body[-500:])
        return self

    async def _ask(self, method, path, body):
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                status, headers, content = await self._exchange(method, path, body)
        except (OSError, ValueError, asyncio.IncompleteReadError, TimeoutError):
            status, headers, content = 0, {}, b""
        return Answer(path, status, headers, content, time.perf_counter() - began)

    async def _exchange(self, method, path, body):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(self._head(method, path, len(body)) + body)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            status, headers = self._read_head(head)
            return status, headers, await reader.readexactly(int(headers["content-length"]))
        finally:
            writer.close()

    def _head(self, method, path, length):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: localhost:{self.port}",
            f"Cookie: {cookies}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {length}",
            "Connection: close",
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def _read_head(self, head):
        """(status, headers); cookies are kept."""
        first, *lines = head.rstrip().split("\r\n")
        headers = {"content-length": "0"}
        for line in lines:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
            if name.lower() == "set-cookie":
                self.cookies |= {cookie.key: cookie.value for cookie in SimpleCookie(value).values()}
        return int(first.split()[1]), headers


async def code_for(email, mails):
    """The code in the newest mail to this address, waited for."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for path in sorted(mails.glob("*.eml"), reverse=True):
            head, _, body = path.read_text().partition("\n\n")
            if f"To: {email}" in head and (code := CODE.search(body)):
                return code[0]
        await asyncio.sleep(0.05)
    raise AssertionError(f"No code came for {email}.")
