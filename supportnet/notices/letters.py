"""One mail: rendered when it is sent, in the reader's language and time zone."""

import hashlib
import unicodedata
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation

from supportnet.notices import unsubscribing


def compose(kind, notices, causes, *, at, language=None):
    """The mail that tells `notices`, all of one reader and kind, about their `causes`."""
    first, reader = notices[0], notices[0].reader
    with speaking_to(reader, language=language):
        context = _context(kind, notices, causes, reader, at)
        message = EmailMultiAlternatives(
            subject=one_line(_render(kind, "subject.txt", context, autoescape=False)),
            body=_render(kind, "txt", context, autoescape=False).strip() + "\n",
            to=[reader.email if reader else first.address],
            headers=_headers(first, context["unsubscribe_url"]),
        )
        message.attach_alternative(_render(kind, "html", context), "text/html")
        for attachment in kind.attachments(causes, notices, reader, at):
            message.attach(*attachment)
    return message


@contextmanager
def speaking_to(reader, *, language=None):
    """The reader's language and time zone; the installation's own for somebody without an account."""
    language = language or (reader.language if reader else settings.LANGUAGE_CODE)
    zone = reader.zone if reader else timezone.get_default_timezone()
    with translation.override(language), timezone.override(zone):
        yield


def subject_line(kind, notices, causes, *, at):
    """The subject alone, for the reader's page; the caller has activated language and zone."""
    return one_line(
        _render(kind, "subject.txt", _context(kind, notices, causes, notices[0].reader, at), autoescape=False)
    )


def one_line(text):
    """`text` without line breaks and control characters: nobody's name can add a header."""
    blanks = {"Cc", "Zl", "Zp"}
    plain = "".join(" " if unicodedata.category(letter) in blanks else letter for letter in text)
    return " ".join(plain.split())[:200]


def message_id(key):
    """The same for every copy, so that one after a crash is the same message to any mail program."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:24]}@{urlsplit(settings.SITE_URL).hostname}>"


def _context(kind, notices, causes, reader, at):
    urls = {kind.url(cause) for cause in causes}
    url = urls.pop() if len(urls) == 1 else "/"
    return {
        "kind": kind,
        "reader": reader,
        "cause": causes[0],
        "causes": causes,
        "notice": notices[0],
        "pairs": list(zip(causes, notices, strict=True)),
        "at": at,
        "button_url": absolute(url) if url else "",
        "unsubscribe_url": absolute(unsubscribing.path(kind, reader, causes[0]))
        if kind.topic and reader
        else "",
        **kind.context(causes, notices, reader, at),
    }


def absolute(path):
    """`path` on this site, as a mail needs it; whole addresses stay as they are."""
    return path if "://" in path else settings.SITE_URL.rstrip("/") + path


def _render(kind, ending, context, *, autoescape=True):
    template = get_template(f"mail/{kind.name}.{ending}").template
    return template.render(Context(context, autoescape=autoescape))


def _headers(notice, unsubscribe_url):
    headers = {"Message-ID": message_id(notice.key), "Auto-Submitted": "auto-generated"}
    if unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
