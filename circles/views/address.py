"""Taking back a change of address, by the link in the mail to the old one."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import browsers
from ..addresses import masked
from ..models import AddressChange, AddressTaken, TooLateToTakeBack


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def address_back(request, token):
    """Looking changes nothing. Nobody needs to sign in for it: they may be locked out."""
    at = timezone.now()
    change = AddressChange.objects.open(at).with_token(token)
    if change is None:
        return render(request, "me/address_back_closed.html", status=404)
    return _take_back(request, change, at=at) if request.method == "POST" else _page(request, change)


def _take_back(request, change, *, at):
    try:
        gone, kept = change.take_back(at=at)
    except TooLateToTakeBack:
        return render(request, "me/address_back_closed.html", status=410)
    except AddressTaken:
        return _page(request, change, trouble=_("Another account has this address by now."), status=409)
    browsers.end_all(change.person)
    _tell(request, gone, kept)
    return redirect("account_request_login_code")


def _tell(request, gone, kept):
    """What is theirs again, and which ways in are gone or stay."""
    messages.success(
        request,
        _("Your old address is back. Sign in with it, then look at your passkeys and at who is signed in."),
    )
    if gone:
        messages.info(request, _("Removed: %(names)s.") % {"names": _names(gone)})
    if kept:
        words = _(
            "These were there long before and stay: %(names)s. Once you are in, remove what is not yours."
        )
        messages.info(request, words % {"names": _names(kept)})


def _names(ways_in):
    """What one calls them, with the day on which each was added."""
    called = {Authenticator.Type.TOTP: _("authenticator app"), Authenticator.Type.WEBAUTHN: _("passkey")}
    return ", ".join(
        "{} ({})".format(
            called.get(one.type, _("recovery codes")), date_format(localtime(one.created_at), "DATE_FORMAT")
        )
        for one in ways_in
    )


def _page(request, change, *, trouble="", status=200):
    page = {"change": change, "masked": masked(change.was), "trouble": trouble}
    return render(request, "me/address_back.html", page, status=status)
