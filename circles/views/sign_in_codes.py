"""Mailing a code, and letting in whoever brings it back."""

from smtplib import SMTPException

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import browsers
from ..models import AddressChange, Person, SignInCode, TooManyMails

NO_MAIL_JUST_NOW = gettext_lazy("We could not send the mail just now. Please try again in a minute.")
# What a mail server that refuses, hangs or is not there looks like from here.
MAIL_TROUBLE = (SMTPException, OSError)
# In the session: to which address a code was mailed, whether the page masks it, how many guesses were wrong.
PENDING = "door"


class NetworkBusy(Exception):
    """Very many codes were asked for from one network lately, in browsers that nobody knows."""


def is_pending(request):
    """Whether a code was asked for in this browser a while ago, and still opens the door."""
    pending = request.session.get(PENDING)
    return bool(pending) and SignInCode.objects.is_good(pending["email"], at=timezone.now())


def mail_code(request, email, *, is_masked=False):
    """Mail a code to `email`, unless a mail with a good one went there a moment ago; returns whether it was mailed.

    The same for addresses that we know, those that we do not, and those whose account is closed. Raises
    `TooManyMails`, `NetworkBusy` or one of `MAIL_TROUBLE`.
    """
    at, is_known = timezone.now(), browsers.is_known(request, email)
    # While a code for the address is good, asking again takes nothing from what all in one network share.
    is_there = SignInCode.objects.is_good(email, at=at)
    if not is_known and not is_there and not ratelimit.consume(request, action="door"):
        raise NetworkBusy
    asked = SignInCode.objects.ask(email, is_known=is_known, at=at)
    if asked.is_mailed:
        try:
            _send(request, email, asked, is_known=is_known)
        except (NetworkBusy, *MAIL_TROUBLE):
            SignInCode.objects.unsend(email, at=at)
            raise
    request.session[PENDING] = {"email": email, "masked": is_masked, "tries": 0}
    return asked.is_mailed


def _send(request, email, asked, *, is_known):
    if not is_known and not ratelimit.consume(request, action="door_mail"):
        raise NetworkBusy
    get_adapter().mail_code(email, asked)


def mail_code_unseen(request, email):
    """Mail a code to an address that the page must not show. Returns what was in the way, in words, or nothing."""
    try:
        mail_code(request, email, is_masked=True)
    except (TooManyMails, NetworkBusy, *MAIL_TROUBLE) as trouble:
        return in_words(trouble)
    return ""


def come_in(request, email, *, at, url=None):
    """The code came back: sign in whoever has the address, who enters now if we did not know it.

    An address that was changed away lately leads to taking the change back, not to a second account. That an account
    is closed is told here, to whoever reads its mail, and nowhere before.
    """
    del request.session[PENDING]
    change = AddressChange.objects.reserving(email, at=at)
    if change:
        return HttpResponseRedirect(change.get_absolute_url())
    person = Person.objects.get_or_enter(email)
    if not person.is_active:
        messages.error(request, _("This account is closed. Whoever runs this site can open it again."))
        return HttpResponseRedirect(reverse("account_request_login_code"))
    person.verify(at=at)
    return perform_login(request, person, email=person.email, redirect_url=url)


def in_words(trouble):
    """What is in the way of a mail, for whoever waits for it."""
    if isinstance(trouble, NetworkBusy):
        return _(
            "Very many codes were asked for from your network just now. Please try again a little later."
        )
    if not isinstance(trouble, TooManyMails):
        return NO_MAIL_JUST_NOW
    minutes = max(1, round((trouble.again_at - timezone.now()).total_seconds() / 60))
    return ngettext(
        "Several codes were mailed to this address lately. The next one can go out in %(minutes)s minute.",
        "Several codes were mailed to this address lately. The next one can go out in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
