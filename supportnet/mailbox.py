"""The embedded mailbox: until a mail server is named, mails stay in `var/mailbox`, read at /mailbox/."""

import email
import os
import re
import secrets
import time
from email import policy
from functools import wraps
from ipaddress import ip_address

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from .environment import is_loopback

# When it came, in nanoseconds of fixed width, so that names sort by time; then chance, against two at once.
NAME = re.compile(r"\d{20}-[0-9a-f]{8}")
# Mails in the folder; older ones are deleted with the next that comes.
KEPT = 1000
# Mails on the page, each of which is opened and parsed for it.
LISTED = 200
# Any header that begins so says that somebody else stands between us and the reader.
FORWARDED = ("X_FORWARDED", "FORWARDED", "X_ORIGINAL", "X_REAL_IP", "X_CLIENT", "X_CLUSTER", "VIA", "CF_")
FORWARDED = tuple(f"HTTP_{name}" for name in (*FORWARDED, "TRUE_CLIENT_IP", "FASTLY_CLIENT_IP", "CDN_LOOP"))


class EmailBackend(BaseEmailBackend):
    """Keeps every mail as a file whose name sorts by time; the oldest give way."""

    def send_messages(self, email_messages):
        """Write the messages; a reader sees each whole or not at all. Returns how many."""
        settings.MAILBOX.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            _write(message.message().as_bytes(linesep="\r\n"))
        for name in names()[KEPT:]:
            _path(name).unlink(missing_ok=True)
        return len(email_messages)


def _write(content):
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    draft = settings.MAILBOX / f"{name}.draft"
    draft.write_bytes(content)
    os.replace(draft, _path(name))


def _path(name):
    return settings.MAILBOX / f"{name}.eml"


def names():
    """The names of all mails, newest first."""
    try:
        found = os.listdir(settings.MAILBOX)
    except FileNotFoundError:
        return []
    return sorted((name[:-4] for name in found if name.endswith(".eml")), reverse=True)


def read(name):
    """The mail of that name, parsed, or 404."""
    if not NAME.fullmatch(name):
        raise Http404
    try:
        return email.message_from_bytes(_path(name).read_bytes(), policy=policy.default)
    except FileNotFoundError:
        raise Http404 from None


def for_eyes_on_this_machine(view):
    """The mailbox holds sign-in codes: it is there without a mail server only, and for this machine only."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not (settings.EMBEDDED_MAIL and is_from_here(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(require_safe(wrapped))


def is_from_here(request):
    """Whether the request comes from a program on this machine, straight, through no proxy.

    A proxy that adds no header of its own still asks by the name under which the site is known.
    """
    try:
        here = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    straight = not any(header.startswith(FORWARDED) for header in request.META)
    return here and straight and is_loopback(f"//{request.get_host()}")


@for_eyes_on_this_machine
def mailbox(request):
    """The latest mails, newest first."""
    mails = [{"name": name, **_headers(read(name))} for name in names()[:LISTED]]
    return render(request, "mailbox/mailbox.html", {"mails": mails})


@for_eyes_on_this_machine
@csp_update({"frame-src": ["'self'"]})
def message(request, name):
    """One mail: its text, its HTML in a frame that can do nothing, its attachments."""
    mail = read(name)
    context = {
        "name": name,
        "mail": _headers(mail),
        "text": _content(mail, "plain"),
        "html": _content(mail, "html"),
        "attachments": [part.get_filename() or "attachment" for part in mail.iter_attachments()],
    }
    return render(request, "mailbox/message.html", context)


@for_eyes_on_this_machine
@xframe_options_sameorigin
@csp_replace(
    {
        "script-src": None,
        "connect-src": None,
        "font-src": None,
        "manifest-src": None,
        "form-action": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
def html(request, name):
    """The HTML of one mail as a mail program would show it: no scripts, no forms, nothing loaded."""
    return HttpResponse('<base target="_top">' + _content(read(name), "html"))


@for_eyes_on_this_machine
def attachment(request, name, number):
    """One attachment, to be saved."""
    parts = list(read(name).iter_attachments())
    if not 0 <= number < len(parts):
        raise Http404
    content = parts[number].get_payload(decode=True) or b""
    saved_as = content_disposition_header(True, parts[number].get_filename() or "attachment")
    return HttpResponse(
        content, content_type="application/octet-stream", headers={"Content-Disposition": saved_as}
    )


def _headers(mail):
    return {"subject": mail["subject"], "from": mail["from"], "to": mail["to"], "date": mail["date"].datetime}


def _content(mail, kind):
    part = mail.get_body((kind,))
    return part.get_content() if part else ""
