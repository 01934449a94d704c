"""What every request and every answer go through."""

from datetime import timedelta
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect

from circles import browsers
from supportnet.notices.local_paths import page_of

from . import health, unsent

# Longer than any code is good for.
KNOCKING_LASTS = timedelta(hours=4)
# Every other method is answered with 405 before files, sessions or views are asked.
METHODS = ("GET", "HEAD", "POST")
# On every answer, also one that was made before the app was reached.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "browsing-topics",
            "camera",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "payment",
            "usb",
        )
    ),
    "X-Robots-Tag": "noindex, nofollow",
}


class Headers:
    """The security headers, on every answer: those, too, that a middleware within gives in place of a page.

    Strict-Transport-Security is Django's own, and the Content-Security-Policy django-csp's.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response


class Health:
    """Whoever asks after our health gets an answer though sessions or the database be away."""

    pages = {"/healthz": health.healthz, "/readyz": health.readyz}

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.pages.get(request.path_info, self.get_response)(request)


class Methods:
    """Pages are asked for by GET, HEAD or POST; nothing else reaches a view, which might take it for one of these."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in METHODS:
            return self.get_response(request)
        return HttpResponseNotAllowed(METHODS)


class Size:
    """What is larger than any page of ours needs is refused in words, before anything reads it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            size = 0
        if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return HttpResponse(render_to_string("413.html"), status=413)
        return self.get_response(request)


class Reader:
    """A page speaks the language and the hours of whoever is signed in; no cache keeps what is for one person."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with timezone.override(self._speak_to(request)):
            response = self.get_response(request)
        if self._is_for_one(request) and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def _is_for_one(self, request):
        """Whether the page is one person's: theirs who is signed in, or has its link."""
        page = request.resolver_match
        return request.user.is_authenticated or bool(page and "token" in page.kwargs)

    def _speak_to(self, request):
        """Activate the reader's language; their time zone."""
        if not request.user.is_authenticated:
            return ZoneInfo(settings.TIME_ZONE)
        if request.user.language in dict(settings.LANGUAGES):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return request.user.zone


class Door:
    """Whoever must sign in first is led to the door, as a navigation, and afterwards back to a page.

    What was sent signed out is kept until then (`unsent`); else a button leads back to the page on which it stands:
    its own address takes no GET.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        unsent.forget(request)
        door = resolve_url(settings.LOGIN_URL)
        led_there = response.status_code == 302 and urlsplit(response.url).path == door
        if not led_there or request.user.is_authenticated:
            return response
        url = response.url
        if request.method not in ("GET", "HEAD") and "next=" in url:
            after = unsent.address() if unsent.keep(request) else self._page_of(request)
            url = f"{door}?{urlencode({'next': after}, safe='/')}"
        return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)

    def _page_of(self, request):
        """The address of the page on this site from which the form was sent, else home."""
        return page_of(request.META.get("HTTP_REFERER", ""), host=request.get_host()) or "/"


class Welcome:
    """Whoever signs in for the first time is asked for a name before anything else."""

    open_to_newcomers = ("/accounts/", "/me/welcome/", "/me/unsubscribe/", "/me/address/", "/mailbox/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not self._is_new(request):
            return self.get_response(request)
        url = f"{reverse('welcome')}?{urlencode({'next': request.get_full_path()})}"
        return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)

    def _is_new(self, request):
        return (
            request.method == "GET"
            and not request.path.startswith(self.open_to_newcomers)
            and request.user.is_authenticated
            and request.user.welcomed_at is None
        )


class Browser:
    """Whoever only knocks leaves a session for a few hours, not for months; whoever is in is seen once a day."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated:
            browsers.note_visit(request, response, at=timezone.now())
        elif request.session.modified and not request.session.is_empty():
            request.session.set_expiry(KNOCKING_LASTS)
        return response
