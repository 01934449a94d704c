"""The one door, on top of allauth's pages: what happens when the mail server is away."""

from smtplib import SMTPException

from allauth.account import views as allauth_views
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..models import Person

NO_MAIL_JUST_NOW = _("We could not send the mail just now. Please try again in a minute.")
# What a mail server that refuses, hangs or is not there looks like from here.
MAIL_TROUBLE = (SMTPException, OSError)


class Door(allauth_views.RequestLoginCodeView):
    """An address in, a code out."""

    def form_valid(self, form):
        """Mail the code; when that fails, say so beside the address, which stays."""
        try:
            return super().form_valid(form)
        except MAIL_TROUBLE:
            form.add_error("email", NO_MAIL_JUST_NOW)
            return self.form_invalid(form)

    def form_invalid(self, form):
        """The form again, as what it is: an answer that something is missing."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _redirect_to_pending_stage(self, request, stage):
        """Whoever types an address wants a code for it, even if another one is on its way."""
        if request.method == "POST":
            return None
        if not stage.urlname:
            return super()._redirect_to_pending_stage(request, stage)
        return HttpResponseRedirect(self.passthrough_next_url(reverse(stage.urlname)))


class Code(allauth_views.ConfirmLoginCodeView):
    """The code from the mail."""

    def get_context_data(self, **kwargs):
        """The address stays masked for whoever did not type it themselves."""
        context = super().get_context_data(**kwargs)
        if self._process.state.get("masked"):
            context["email"] = masked(context["email"])
        return context

    def form_valid(self, form):
        """Go in, or mail a new code; a mail server that is away is no reason for an error page."""
        try:
            return super().form_valid(form)
        except MAIL_TROUBLE:
            messages.error(self.request, NO_MAIL_JUST_NOW)
            return HttpResponseRedirect(self.passthrough_next_url(self.request.path))

    def form_invalid(self, form):
        """422 while there are tries left; else allauth leads back to the door."""
        response = super().form_invalid(form)
        if response.status_code == 200:
            response.status_code = 422
        return response


door, code = Door.as_view(), Code.as_view()


def mail_code_unseen(request, email):
    """Mail a code to an address that the page must not show.

    False when there were too many of late, or when the mail server is away.
    """
    if not ratelimit.consume(request, action="request_login_code", key=email):
        return False
    person = Person.objects.get_or_enter(email)
    try:
        process = LoginCodeVerificationProcess.initiate(
            request=request, user=person if person.is_active else None, email=email
        )
    except MAIL_TROUBLE:
        return False
    process.state["masked"] = True
    process.persist()
    return True


def masked(email):
    """ "m•••@example.org": enough to recognise one's own address, too little to learn another's."""
    name, _at, host = email.rpartition("@")
    return f"{name[:1]}•••@{host}"
