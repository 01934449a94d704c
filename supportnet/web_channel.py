"""One connection of the web: what arrives on it, what is refused, and how long it may take."""

import logging
import socket
import time

from django.conf import settings
from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.task import ErrorTask, WSGITask

logger = logging.getLogger(__name__)

# Of a request; of an answer four times as many (`adjust` in `web.py`). The rest stands in files.
BYTES_IN_MEMORY = 64 * 1024
# From the opening of a connection to the last byte of its answer, the making of the page included.
SECONDS_TO_LEAVE = 300
# Until whoever was refused has stopped sending: closed earlier, the network throws the answer away (RFC 9112, 9.6).
SECONDS_TO_LINGER = 5
# Plain text, since no template can be asked for what is not a request yet.
WORDS = {
    400: "That could not be read as the address of a page.",
    413: "That was too much at once. Nothing has changed.",
    431: "The address, or what came with it, is too long. It may help to delete this site's cookies.",
    501: "That is not something that this site can do.",
}


class Nowhere(OverflowableBuffer):
    """Takes the body of a request that is too large, and keeps nothing of it."""

    def append(self, data):
        """Forget it."""


class Parser(HTTPRequestParser):
    """Reads a whole body before it refuses it: a browser shows no answer that comes while it still sends."""

    def parse_header(self, header_plus):
        """What stands before the body says how long it is."""
        super().parse_header(header_plus)
        if self.content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            self.body_rcv = FixedStreamReceiver(self.content_length, Nowhere(0))


class Page(WSGITask):
    """One request a connection: the next one goes to whichever process is free."""

    def start(self):
        """Say so in the answer."""
        super().start()
        self.set_close_on_finish()


class Refusal(ErrorTask):
    """What is no request is answered in words, with the headers that every answer has."""

    def execute(self):
        """Called by waitress, in place of the app."""
        code, reason = self.request.error.code, self.request.error.reason
        logger.warning("Refused before it was a request: %s", reason)
        body = WORDS.get(code, reason).encode() + b"\n"
        self.status = f"{code} {reason}"
        self.response_headers += [*self.channel.server.headers, ("Content-Type", "text/plain; charset=utf-8")]
        self.set_close_on_finish()
        self.channel.refused = True
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):
    """A connection: first a request arrives, then a page is made, then its answer leaves."""

    parser_class = Parser
    task_class = Page
    error_task_class = Refusal
    serving_since = float("inf")
    refused = False
    lingering_since = 0

    def service(self):
        """Make the page, in a thread."""
        self.serving_since = time.monotonic()
        super().service()
        self.serving_since = float("inf")

    def readable(self):
        """Whether to look for more from the other side."""
        return self.lingering_since or super().readable()

    def handle_read(self):
        """Something came, or the other side has closed."""
        if not self.lingering_since:
            super().handle_read()
        elif not self.recv(BYTES_IN_MEMORY) and self.connected:
            self.handle_close()

    def handle_close(self):
        """The answer is out, or there will be none: close, after a refusal not before the other side."""
        if not self.refused or self.lingering_since:
            return super().handle_close()
        self.lingering_since, self.will_close = time.time(), False
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            super().handle_close()

    def is_too_slow(self, now, patience):
        """Whether the other side has had its time; never while a page is made."""
        if self.lingering_since:
            return now - self.lingering_since > SECONDS_TO_LINGER
        allowed = SECONDS_TO_LEAVE if self.total_outbufs_len else patience
        return not self.requests and now - self.creation_time > allowed
