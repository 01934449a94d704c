"""Saying yes, or no thank you, to what others would ask for one; and taking it back.

As with an invitation, opening the link changes nothing and signs nobody in. Whoever comes shows first that they are
the person, or whom the person named: to everybody else the page says no more than that it is for somebody else.
"""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache

from supportnet.notices.text_direction import typed

from .. import consent_rows
from ..addresses import masked
from ..forms import DelegateForm
from ..models import Consent, NotTheirs, TheirsToSay
from .access import for_verified
from .sign_in_codes import mail_code_unseen

# The same whatever the reason: that somebody said no to another is nobody's business.
NOT_BY_MAIL_NOW = _lazy(
    "We can’t send this to %(name)s just now. If it matters, talk with them yourself; what you wrote is kept."
)
# The same words for a no of theirs and for a member of that name who can be asked (`require_recordable`).
NOT_WRITTEN_DOWN_NOW = _lazy(
    "A yes for this person can’t be written down just now. If it matters, talk with them, or ask them by e-mail."
)


@never_cache
@for_verified
def consent(request, token):
    """Who would see what, and what one may say to it."""
    try:
        consent = Consent.objects.by_token(token)
    except Consent.DoesNotExist:
        return closed(request)
    if not request.user.is_authenticated:
        return _unknown(request, consent)
    request.user.require_verified()
    if not consent.may_decide(request.user):
        return _other(request)
    at = timezone.now()
    if not consent_rows.sections_of(consent, at):
        return closed(request)
    return (_decide if request.method == "POST" else _page)(request, consent, at=at)


def closed(request):
    """A link that leads to nothing: mistyped, or what was to be asked was thrown away. Says nothing of it."""
    return render(request, "circles/consent_closed.html", status=404)


# Whoever is not signed in ---------------------------------------------------------------------------------


def _unknown(request, consent):
    """A code to the address that the mail went to, which the page does not tell."""
    delegate = consent.delegate.email if consent.delegate else consent.delegate_email
    addresses = {"person": consent.reached_at, "delegate": delegate}
    addresses = {whose: email for whose, email in addresses.items() if email}
    if not addresses:
        return closed(request)
    if request.method == "POST":
        email = addresses.get(request.POST.get("to")) or next(iter(addresses.values()))
        trouble = mail_code_unseen(request, email)
        if trouble:
            return _sign_in_page(request, addresses, trouble=trouble, status=422)
        onwards = urlencode({"next": request.path})
        return HttpResponseRedirect(f"{reverse('account_confirm_login_code')}?{onwards}")
    return _sign_in_page(request, addresses)


def _sign_in_page(request, addresses, *, trouble="", status=200):
    unseen = {whose: masked(email) for whose, email in addresses.items()}
    return render(
        request, "circles/consent_sign_in.html", {"addresses": unseen, "trouble": trouble}, status=status
    )


# Whoever decides ------------------------------------------------------------------------------------------


def _other(request):
    return render(request, "circles/consent_other.html", status=403)


def _page(request, consent, *, at, delegate_form=None, trouble="", status=200):
    # The stamp first: of what changes while the page is made it knows nothing, and the page is asked for once more.
    page = {
        "stamp": consent_rows.stamp(consent),
        "consent": consent,
        "sections": consent_rows.sections_of(consent, at),
        "struck": set(request.POST.getlist("struck")),
        "is_theirs": consent.is_for(request.user),
        "never": consent.asks_never_again(),
        "may_agree": consent.stands or consent.may_agree(request.user, at=at),
        "delegate_form": delegate_form or DelegateForm(person=request.user),
        "trouble": trouble,
        "at": at,
    }
    return render(request, "circles/consent.html", page, status=status)


def _decide(request, consent, *, at):
    decide = DECISIONS.get(request.POST.get("answer"))
    if decide is None:
        return _page(request, consent, at=at, trouble=_("Choose one of the answers below."), status=422)
    try:
        return decide(request, consent, at=at) or redirect(consent)
    except NotTheirs:
        return _other(request)


def _agree(request, consent, *, at):
    struck, seen = request.POST.getlist("struck"), request.POST.get("stamp", "")
    trouble = ""
    try:
        consent.agree(by=request.user, at=at, struck=struck, seen=seen)
    except TheirsToSay:
        consent.refresh_from_db()
    except consent_rows.ChangedMeanwhile:
        trouble = _("Something here has changed since you opened the page. Please look once more.")
    except consent_rows.NobodyLeft:
        trouble = _("You have struck out everybody who would be asked. Leave somebody, or say no thank you.")
    else:
        messages.success(request, _("Thank you. It is as you said, and you may take it back at any time."))
        return None
    return _page(request, consent, at=at, trouble=trouble, status=422)


def _decline(request, consent, *, at):
    consent.decline(by=request.user, at=at)
    if consent.is_taken_back:
        messages.success(
            request, _("Your no holds. There was a yes by then; everything is hidden from now on.")
        )
    else:
        messages.success(request, _("That is fine. Nobody sees any of it."))


def _withdraw(request, consent, *, at):
    consent.withdraw(by=request.user, at=at)
    messages.success(request, _("Taken back. Everything is hidden from now on."))


def _never(request, consent, *, at):
    consent.never_ask_again(by=request.user, at=at)
    messages.success(request, _("Nobody sees any of it, and nobody from there will ask you again."))


def _after_all(request, consent, *, at):
    consent.may_ask_after_all(by=request.user, at=at)
    messages.success(request, _("They may ask you again, a month after your last no."))


def _name(request, consent, *, at):
    if not consent.is_for(request.user):
        return _other(request)
    form = DelegateForm(request.POST, person=request.user)
    if not form.is_valid():
        return _page(request, consent, at=at, delegate_form=form, status=422)
    consent.name_delegate(by=request.user, at=at, **form.cleaned_data)
    words = _("%(name)s gets a mail, and can decide here as you can.")
    messages.success(request, words % typed(name=form.cleaned_data["name"]))


def _name_nobody(request, consent, *, at):
    consent.name_nobody(by=request.user, at=at)
    messages.success(request, _("Only you decide now."))


# By the values of the page's buttons ("answer"); anything else gets the page again, with 422.
DECISIONS = {
    "agree": _agree,
    "decline": _decline,
    "withdraw": _withdraw,
    "never": _never,
    "after-all": _after_all,
    "name": _name,
    "name-nobody": _name_nobody,
}


# Whoever asks ---------------------------------------------------------------------------------------------
