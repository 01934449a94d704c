"""The browsers in which people are or were signed in.

A browser that was signed in once is *known* to that person for a long time, by a signed cookie. That opens nothing:
it only says that whoever asks for a code there is no stranger, so that what strangers press does not count against
them. A list of sessions says which device and since when; no network address is kept.
"""

import datetime as dt
import re

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from .models.sign_in_code import key_of

# Part of every cookie that is out: with another word here every browser counts as a stranger's.
SALT = "circles.browsers"
KNOWN_FOR = dt.timedelta(days=400)  # as long as browsers keep a cookie at most
PEOPLE = 5  # of one browser, the latest
NOWHERE = "0.0.0.0"  # noqa: S104 (in place of the address that the library would keep)
# What a browser calls itself, most telling first: many name others besides.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome"}
BROWSERS |= {"SamsungBrowser": "Samsung Internet", "Chrome": "Chrome", "HeadlessChrome": "Chrome"}
BROWSERS |= {"Epiphany": "GNOME Web", "Safari": "Safari"}
APPLES = {"iPhone", "iPad", "Mac"}  # nobody else has Safari, though many say that they are like it
# In this order, and the first that is found counts: Android says that it is Linux as well.
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "CrOS": "ChromeOS"}
SYSTEMS |= {"Macintosh": "Mac", "Linux": "Linux"}


def _seen(request):
    """{key of an address: day of the last visit} of those who were signed in here."""
    try:
        return dict(signing.loads(request.COOKIES.get(settings.KNOWN_COOKIE_NAME, ""), salt=SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return {}


def known_here(request):
    """The keys of those who signed in in this browser, for `is_one_of`."""
    return list(_seen(request))


def is_one_of(person, keys):
    """Whether `person` is among those whom `known_here` named."""
    return key_of(person.email) in keys


def is_known(request, email):
    """Whether whoever owns `email` has signed in with it in this browser before."""
    return key_of(email) in _seen(request)


def remember(request, response, person, *, at):
    """Let `response` tell the browser that `person` signed in here."""
    seen = {key: day for key, day in _seen(request).items() if key != key_of(person.email)}
    kept = list(seen.items())[1 - PEOPLE :] + [(key_of(person.email), at.date().isoformat())]
    response.set_cookie(
        settings.KNOWN_COOKIE_NAME,
        signing.dumps(kept, salt=SALT),
        max_age=KNOWN_FOR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def note_visit(request, response, *, at):
    """Once a day, note that the session was used; only where the cookie says that it was not noted today."""
    day = _seen(request).get(key_of(request.user.email)) if request.user.email else None
    if day and day != at.date().isoformat():
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=at)
        remember(request, response, request.user, at=at)


def forget_network(request):
    """Of a session that has just begun, keep no network address."""
    UserSession.objects.filter(session_key=request.session.session_key).update(ip=NOWHERE)


def keep_this(request, person):
    """Renew the session of this browser after all of the person's sessions were ended."""
    old = request.session.session_key
    update_session_auth_hash(request, person)
    if old != request.session.session_key:
        UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def end_others(request, person, *, at):
    """Sign `person` out everywhere but in this browser."""
    with transaction.atomic():
        person.end_sessions(at=at)
        keep_this(request, person)
        others = UserSession.objects.filter(user=person).exclude(session_key=request.session.session_key)
        _delete(others)


def end_all(person):
    """Forget every session of `person`, whose sessions were ended."""
    _delete(UserSession.objects.filter(user=person))


def end_one(session):
    """Sign out the browser of `session`, a `UserSession`."""
    with transaction.atomic():
        _delete(UserSession.objects.filter(pk=session.pk))


def _delete(sessions):
    Session.objects.filter(pk__in=list(sessions.values_list("session_key", flat=True))).delete()
    sessions.delete()


def device(user_agent):
    """ "Firefox on Windows", as far as the browser says."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if not browser or (browser == "Safari" and system not in APPLES):
        browser = _("A browser")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser


def _first(names, user_agent):
    return next((name for sign, name in names.items() if re.search(rf"\b{sign}", user_agent)), "")
