"""The one door: an address in, a code out, the code back in. Nobody gets an account before the code came back."""

import logging
from smtplib import SMTPException

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.mixins import NextRedirectMixin
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from .. import browsers
from ..addresses import masked
from ..forms import CodeForm
from ..models import AddressChange, Person, SignInCode, TooManyMails
from .access import safe_next

logger = logging.getLogger(__name__)

NO_MAIL_JUST_NOW = gettext_lazy("We could not send the mail just now. Please try again in a minute.")
# What a mail server that refuses, hangs or is not there looks like from here.
MAIL_TROUBLE = (SMTPException, OSError)
PENDING = "door"
TRIES = 5


class NetworkBusy(Exception):
    """Very many codes were asked for from one network lately, in browsers that nobody knows."""


class Door(allauth_views.RequestLoginCodeView):
    """An address in, a code out."""

    def get(self, request, *args, **kwargs):
        """Whoever has asked already is led to where the code is entered."""
        if is_pending(request):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def form_valid(self, form):
        """Mail the code; what is in the way is said beside the address, which stays."""
        try:
            mail_code(self.request, form.cleaned_data["email"])
        except (TooManyMails, NetworkBusy, *MAIL_TROUBLE) as trouble:
            form.add_error("email", in_words(trouble))
            return self.form_invalid(form)
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form):
        """The form again, as what it is: an answer that something is missing."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _redirect_to_pending_stage(self, request, stage):
        """Whoever types an address wants a code for it, even if a second lock waits for another one."""
        return None if request.method == "POST" else super()._redirect_to_pending_stage(request, stage)


@method_decorator(never_cache, name="dispatch")
class Code(NextRedirectMixin, FormView):
    """The code from the mail."""

    form_class = CodeForm
    template_name = "account/confirm_login_code.html"

    def dispatch(self, request, *args, **kwargs):
        """Only for whoever has asked for a code."""
        if request.user.is_authenticated:
            return HttpResponseRedirect(safe_next(request, otherwise="/"))
        if not is_pending(request):
            return self._to("account_request_login_code")
        self.pending = request.session[PENDING]
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Another mail with the code, or the code itself."""
        if request.POST.get("action") != "resend":
            return super().post(request, *args, **kwargs)
        try:
            is_mailed = mail_code(request, self.pending["email"], is_masked=self.pending["masked"])
        except (TooManyMails, NetworkBusy, *MAIL_TROUBLE) as trouble:
            messages.error(request, in_words(trouble))
        else:
            messages.info(request, _("The mail is on its way once more.") if is_mailed else ALREADY_THERE)
        return self._to("account_confirm_login_code")

    def get_context_data(self, **kwargs):
        """The address stays masked for whoever did not type it themselves."""
        email = self.pending["email"]
        return super().get_context_data(
            email=masked(email) if self.pending["masked"] else email,
            verify_form=kwargs.get("form") or self.get_form(),
            can_resend=True,
            minutes=SignInCode.objects.minutes_left(email, at=timezone.now()),
            **kwargs,
        )

    def form_valid(self, form):
        """Come in, or hear that the code is another one."""
        at, email = timezone.now(), self.pending["email"]
        if not SignInCode.objects.is_good(email, at=at):
            form.add_error("code", _("This code has run out. We can mail you a new one."))
            return self.form_invalid(form)
        if SignInCode.objects.is_right(email, form.cleaned_data["code"], at=at):
            return come_in(self.request, email, at=at, url=self.get_next_url())
        return self._wrong(form)

    def _wrong(self, form):
        logger.warning("A wrong code at the door.")
        self.pending["tries"] += 1
        self.request.session.modified = True
        if self.pending["tries"] < TRIES:
            form.add_error("code", _("Incorrect code."))
            return self.form_invalid(form)
        del self.request.session[PENDING]
        messages.error(
            self.request, _("None of these was the code. Look at the mail once more, and start again.")
        )
        return self._to("account_request_login_code")

    def form_invalid(self, form):
        """The form again, as what it is."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _to(self, name):
        return HttpResponseRedirect(self.passthrough_next_url(reverse(name)))


door, code = Door.as_view(), Code.as_view()

ALREADY_THERE = gettext_lazy(
    "The code is in your mailbox already, and it still works. Look for our newest mail, also among the spam."
)


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
    # Pressing for an address whose code is in its mailbox uses up nobody's share, be they in the same network.
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
