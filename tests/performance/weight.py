"""What a first visit weighs: the landing page, the door, and the style sheets and scripts they ask for."""

import gzip
import re
from posixpath import dirname, join, normpath

from django.urls import reverse

from .browser import Browser
from .measuring import say

ASKED_FOR = re.compile(r'<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)"')
IMPORTED = re.compile(r"""(?:@import\s+(?:url\()?|\bfrom\s*|\bimport\s*)["']([^"']+)["']""")


def measure(world, asked):
    """HTML, style sheets and scripts, each once, compressed."""
    browser = Browser()
    pages = {path: browser.get(path) for path in ("/", reverse("account_request_login_code"))}
    for path, page in pages.items():
        assert page.status == 200, path
    html = sum(len(gzip.compress(page.body)) for page in pages.values())
    files = _files(browser, pages.values())
    kilobytes = {
        ending: sum(size for path, size in files.items() if path.endswith(ending)) / 1000
        for ending in (".css", ".js")
    }
    total = html / 1000 + sum(kilobytes.values())
    figures = {"html": html / 1000, "css": kilobytes[".css"], "js": kilobytes[".js"], "files": len(files)}
    say("first visit, landing and door: kB", total, at_most=40, **figures)
    say("first visit, landing: style sheets and scripts", len(_files(browser, [pages["/"]])), at_most=7)


def _files(browser, pages):
    """{path: bytes over the wire} of what the pages ask for, and what that imports."""
    sizes, waiting = {}, {path for page in pages for path in ASKED_FOR.findall(page.body.decode())}
    while waiting:
        path = waiting.pop()
        plain = browser.get(path)
        assert plain.status == 200, path
        sizes[path] = len(browser.get(path, HTTP_ACCEPT_ENCODING="gzip, br").body)
        imports = {normpath(join(dirname(path), name)) for name in IMPORTED.findall(plain.body.decode())}
        waiting |= imports - sizes.keys()
    return sizes
