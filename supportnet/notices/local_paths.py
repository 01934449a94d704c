"""Where somebody may be led on to: pages of ours, named by their path, and nowhere else.

Every address that comes from outside (`next` in a form or link, what a browser sends about the page that it shows, what
a signed link holds) goes through here before anybody is led to it.
"""

import unicodedata
from urllib.parse import urlsplit

from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 2000  # characters: proxies refuse the headers of longer ones
# Browsers drop tabs and line ends before they follow an address (WHATWG URL, 4.4); a lone surrogate can't be sent.
UNSEEN = {"Cc", "Cs", "Zl", "Zp"}


def is_ours(to):
    """Whether `to` is a path on this site, whatever a browser might read into its slashes and blanks."""
    return (
        to.startswith("/")
        # A browser takes a backslash for a slash, and two of them for the beginning of a host (WHATWG URL, 4.4).
        and to[1:2] not in ("/", "\\")
        and len(to) <= LONGEST
        and not any(unicodedata.category(letter) in UNSEEN for letter in to)
        and url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    )


def page_of(url, *, host):
    """The path and query of `url` if it is an address at our `host`; else ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    ours = parts.scheme in ("http", "https") and parts.netloc == host and is_ours(path)
    return path if ours else ""
