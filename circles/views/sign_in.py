"""The one door: an address in, a code out, the code back in. Nobody gets an account before the code came back."""

import logging

from allauth.account import views as allauth_views
from allauth.account.mixins import NextRedirectMixin
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from ..addresses import masked
from ..forms import CodeForm
from ..models import SignInCode, TooManyMails
from .access import safe_next
from .sign_in_codes import MAIL_TROUBLE, PENDING, NetworkBusy, come_in, in_words, is_pending, mail_code

logger = logging.getLogger(__name__)

# Wrong codes in one browser before it has to start again; the code itself may still be good (`SignInCode`).
TRIES = 5


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
