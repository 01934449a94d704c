"""For staff: every kind of mail in every language, as it would be sent."""

from functools import wraps

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from supportnet.notices import previews
from supportnet.notices.kinds import all_kinds, kind_named


def for_staff(view):
    """The page is there for the operator's staff only."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not request.user.is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(require_safe(wrapped))


@for_staff
def mails(request):
    """All kinds by languages, and which of them no scene shows."""
    context = {
        "kinds": all_kinds(),
        "languages": settings.LANGUAGES,
        "missing": previews.kinds_without_preview(timezone.now()),
    }
    return render(request, "notices/mails.html", context)


@for_staff
@csp_update({"frame-src": ["'self'"]})
def mail(request, kind, language):
    """One kind in one language: headers, text and HTML side by side."""
    context = {"kind": kind_named(kind), "language": language, "previews": _previews(kind, language)}
    return render(request, "notices/mail.html", context)


@for_staff
@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'none'"],
        "base-uri": ["'self'"],
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
def html(request, kind, language, number):
    """The HTML of one mail, as a mail program would show it."""
    found = {str(place): preview for place, preview in enumerate(_previews(kind, language))}
    if number not in found:
        raise Http404
    return HttpResponse(found[number].html)


def _previews(kind, language):
    if kind_named(kind) is None or language not in dict(settings.LANGUAGES):
        raise Http404
    return previews.previews(kind=kind, language=language, at=timezone.now())
