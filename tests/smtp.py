"""A real mail server that keeps what it takes and answers as a test wants."""

import asyncio
import contextlib
import logging
import socket
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

logging.getLogger("mail.log").setLevel(logging.ERROR)


def free_port():
    """A TCP port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sink:
    """Takes mail on `port`. Answers: `{address: "550 no such user"}`, at RCPT or after DATA.

    `drop_after_data` counts the letters after which the line is cut although the letter was taken;
    `slow` is how many seconds every answer to DATA takes.
    """

    def __init__(self, port=None):
        self.port = port or free_port()
        self.mails = []
        self.connections = 0
        self.refused_recipients, self.refused_letters, self.refused_senders = {}, {}, {}
        self.drop_after_data = self.drop_between = 0
        self.slow = 0
        self._controller = None

    def start(self):
        """Open the door, on the same port every time."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def stop(self):
        """Close the door: connections are refused from now on."""
        if self._controller:
            with contextlib.suppress(AssertionError):
                self._controller.stop()
            self._controller = None

    @property
    def recipients(self):
        """To whom the letters went, in order."""
        return [mail["To"] for mail in self.mails]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.refused_senders:
            return self.refused_senders["*"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused_recipients:
            return self.refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.slow)
        if envelope.rcpt_tos[0] in self.refused_letters:
            return self.refused_letters[envelope.rcpt_tos[0]]
        self.mails.append(message_from_bytes(envelope.original_content, policy=policy.default))
        if self.drop_after_data:
            self.drop_after_data -= 1
            server.transport.abort()
        if self.drop_between:
            self.drop_between -= 1
            asyncio.get_running_loop().call_later(0.05, server.transport.close)
        return "250 OK"
