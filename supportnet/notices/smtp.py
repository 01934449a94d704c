"""The way to the mail server: one kept connection, and what its answers mean for us."""

import contextlib
import select
import smtplib

from django.core.mail import get_connection

TIMEOUT = 10  # seconds a server may take for one answer
POLICY = b"5.7."  # enhanced status codes of RFC 3463 that are about us, not about the address


class NotSent(Exception):
    """The letter did not go out; `str()` says why, without the address."""


class AddressRefused(NotSent):
    """The server says for good that the address takes no mail."""


class LetterRefused(NotSent):
    """The server says for good that it does not take this letter."""


class TryLater(NotSent):
    """Not now: a 4xx about this letter."""


class Interrupted(TryLater):
    """The connection broke or stalled on the way; nobody knows whether the letter was taken."""


class ServerDown(TryLater):
    """No letter of ours can go out at present."""


class Post:
    """A connection that is opened when needed, kept from letter to letter, and reopened when stale."""

    def __init__(self):
        self.connection = get_connection(timeout=TIMEOUT)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def send(self, message):
        """Hand one letter over; raises one of the above."""
        self._open()
        try:
            self.connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused as refused:
            code, text = next(iter(refused.recipients.values()))
            raise self._about_address(code, text, message) from None
        except smtplib.SMTPSenderRefused as refused:
            raise self._about_sender(refused.smtp_code, refused.smtp_error, message) from None
        except smtplib.SMTPDataError as refused:
            raise self._about_letter(refused.smtp_code, refused.smtp_error, message) from None
        except OSError as trouble:  # which SMTPException and TimeoutError are
            self.close()
            raise Interrupted(type(trouble).__name__) from None

    def _open(self):
        if self._is_stale():
            self.close()
        try:
            self.connection.open()
        except smtplib.SMTPResponseException as refused:
            self.close()
            raise ServerDown(f"{type(refused).__name__} {refused.smtp_code}") from None
        except OSError as trouble:
            self.close()
            raise ServerDown(type(trouble).__name__) from None

    def _is_stale(self):
        """Whether the server hung up since the last letter: between letters it has nothing to say to us."""
        client = getattr(self.connection, "connection", None)
        if not isinstance(client, smtplib.SMTP):
            return False
        return client.sock is None or bool(select.select([client.sock], [], [], 0)[0])

    def _about_address(self, code, text, message):
        if code == 421:
            return self._hung_up(code, text, message)
        if code < 500:
            return TryLater(_words(code, text, message))
        kind = LetterRefused if text.startswith(POLICY) else AddressRefused
        return kind(_words(code, text, message))

    def _about_sender(self, code, text, message):
        """The sender is the same for all: unless this letter is too big, it is our own trouble."""
        return (
            LetterRefused(_words(code, text, message)) if code == 552 else self._hung_up(code, text, message)
        )

    def _about_letter(self, code, text, message):
        if code == 421:
            return self._hung_up(code, text, message)
        return (LetterRefused if code >= 500 else TryLater)(_words(code, text, message))

    def _hung_up(self, code, text, message):
        self.close()
        return ServerDown(_words(code, text, message))

    def close(self):
        """Hang up; a connection that is broken already is no trouble."""
        with contextlib.suppress(OSError):
            self.connection.close()


def _words(code, text, message):
    """The server's answer in one line, without the reader's address."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    for address in message.to:
        words = words.replace(address, "…")
    return f"{code} {' '.join(words.split())}"[:300]
