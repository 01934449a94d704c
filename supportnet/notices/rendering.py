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

from supportnet.notices import inert, personal_links, unsubscribe_links

# Stands for the reader's own link in what is written; it needs no escaping in HTML.
THEIR_LINK = "https://unsubscribe.invalid/"


def compose(kind, notices, causes, *, at, language=None, drafts=None):
    """The mail that tells `notices`, all of one reader and kind, about their `causes`.

    `drafts` is a dict that the caller keeps for a short while: what reads alike for all is rendered once.
    """
    first, reader = notices[0], notices[0].reader
    with speaking_to(reader, language=language or (None if reader else kind.language(causes[0]))):
        unsubscribe_url = _unsubscribe_url(kind, reader, causes[0])
        draft = _drafted_for_all if kind.reads_alike and drafts is not None else _drafted
        subject, *parts = draft(kind, notices, causes, reader, at, drafts)
        if kind.from_strangers:
            subject, *parts = _inert(subject, *parts, button_url=_button_url(kind, causes))
        if reader and not kind.has_own_link:
            parts = personal_links.make_personal(parts, reader)
        # The link is one of ours, signed letters and digits: the same in text and in HTML.
        text, html = (part.replace(THEIR_LINK, unsubscribe_url) for part in parts)
        message = EmailMultiAlternatives(
            subject=subject,
            body=text,
            to=[reader.email if reader else first.address],
            headers=_headers(first, unsubscribe_url),
        )
        message.attach_alternative(html, "text/html")
        for attachment in kind.attachments(causes, notices, reader, at):
            message.attach(*attachment)
    return message


def _drafted(kind, notices, causes, reader, at, drafts=None):
    """Subject, text and HTML, with plain addresses: they become the reader's own afterwards."""
    context = _context(kind, notices, causes, reader, at)
    return (
        one_line(_render(kind, "subject.txt", context, autoescape=False)),
        _render(kind, "txt", context, autoescape=False).strip() + "\n",
        _render(kind, "html", context),
    )


def _drafted_for_all(kind, notices, causes, reader, at, drafts):
    """The same, once for all who share language and zone; without a reader: nothing of one slips in."""
    alike = (
        kind.name,
        *(cause.pk for cause in causes),
        translation.get_language(),
        timezone.get_current_timezone(),
    )
    if alike not in drafts:
        drafts[alike] = _drafted(kind, notices, causes, None, at)
    return drafts[alike]


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
    return {
        "kind": kind,
        "reader": reader,
        "cause": causes[0],
        "causes": causes,
        "notice": notices[0],
        "pairs": list(zip(causes, notices, strict=True)),
        "at": at,
        "button_url": _button_url(kind, causes),
        "unsubscribe_url": THEIR_LINK if kind.topic and notices[0].reader else "",
        **kind.context(causes, notices, reader, at),
    }


def _button_url(kind, causes):
    urls = {kind.url(cause) for cause in causes}
    url = urls.pop() if len(urls) == 1 else "/"
    return absolute(url) if url else ""


def _inert(subject, text, html, *, button_url):
    """The letter with no link in it but its own: the reader does not know yet whose words these are."""
    own = (button_url, THEIR_LINK, settings.SITE_URL.rstrip("/"))
    return inert.defuse(subject), inert.defuse(text, keep=own), inert.defuse_html(html)


def _unsubscribe_url(kind, reader, cause):
    return absolute(unsubscribe_links.path(kind, reader, cause)) if kind.topic and reader else ""


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
