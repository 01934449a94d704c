"""What allauth asks of us: codes that can be read aloud, mails in the reader's language, one door."""

import logging
import secrets

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supportnet.notices.local_paths import is_ours
from supportnet.notices.models import Notice

from . import browsers
from .addresses import canonical
from .models import AddressTaken, Person, SignInCode, TooManyMails, change_email
from .models.sign_in_code import LASTS, grouped

logger = logging.getLogger(__name__)

# The mails of the library that hold a code: they count like those of the door.
WITH_A_CODE = {"account/email/login_code", "account/email/email_confirmation"}
# In the session: for whom, which code, until when; asked again meanwhile, the same one is mailed.
ASKED_AGAIN = "code_asked_again"


class AccountAdapter(DefaultAccountAdapter):
    """Signing in and changing one's address, the way this house does it."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy("That was too often. Please wait a minute, then start again.")
    }

    def is_open_for_signup(self, request):
        """Never: people enter through the one door (`circles.views.sign_in`), which needs no sign-up page."""
        return False

    def is_safe_url(self, url):
        """Whether to lead somebody there after signing in or out: only to pages of ours."""
        return bool(url) and is_ours(url)

    # Codes ------------------------------------------------------------------------------------------------

    def generate_email_verification_code(self):
        """Eight digits in two groups: every keyboard has them, and five guesses get nowhere."""
        return grouped(f"{secrets.randbelow(10**8):08}")

    def generate_login_code(self):
        """For "is it you?": the same as long as it lives, because mails arrive late and out of order."""
        at, person = timezone.now(), self.request.user
        email, code, until = self.request.session.get(ASKED_AGAIN, ("", "", 0))
        if email != person.email or until <= at.timestamp():
            code = self.generate_email_verification_code()
        self.request.session[ASKED_AGAIN] = [person.email, code, (at + LASTS).timestamp()]
        return code

    def mail_code(self, email, asked):
        """Mail the code that was asked for at the door, where mails were counted already."""
        context = {"request": self.request, "code": asked.code, "minutes": asked.minutes}
        self._send("account/email/login_code", email, context)

    def send_mail(self, template_prefix, email, context):
        """Send at once, since somebody waits at the screen, and in the reader's own language."""
        if template_prefix in WITH_A_CODE:
            self._count(email)
        self._send(template_prefix, email, {"minutes": 15, **context})

    def _send(self, template_prefix, email, context):
        with translation.override(_language_of(email)):
            super().send_mail(template_prefix, email, context)

    def _count(self, email):
        """Not too many to one address, whoever asks; back to the page that asked, with a word why not."""
        person = self.request.user
        try:
            SignInCode.objects.count_mail(
                email, is_own=email == getattr(person, "email", None), at=timezone.now()
            )
        except TooManyMails:
            messages.error(
                self.request,
                _("Several codes were mailed to this address lately. Please try again in an hour."),
            )
            raise ImmediateHttpResponse(HttpResponseRedirect(self.request.get_full_path())) from None

    def render_mail(self, template_prefix, email, context, headers=None):
        """Say that a machine wrote it, so that no out-of-office note answers."""
        headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
        return super().render_mail(template_prefix, email, context, headers)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """A way in was added, changed or removed: told by our own outbox, without network addresses."""
        at, what = timezone.now(), template_prefix.rpartition("/")[2]
        key = f"way_in_changed:{user.pk}:{what}:{at.timestamp()}"
        Notice.objects.queue("way_in_changed", user, to=user, at=at, key=key, facts={"what": what})

    # Coming in --------------------------------------------------------------------------------------------

    def login(self, request, user):
        """A session that began at the door is short; from now on it lasts."""
        super().login(request, user)
        request.session.set_expiry(None)

    def post_login(self, request, user, **kwargs):
        """The browser is known from now on. The log says who by number alone (ASVS 5, 16.3.1)."""
        logger.info("Signed in: person %s.", user.pk)
        response = super().post_login(request, user, **kwargs)
        browsers.forget_network(request)
        browsers.remember(request, response, user, at=timezone.now())
        return response

    # The address ------------------------------------------------------------------------------------------

    def confirm_email(self, request, email_address):
        """A changed address whose code came back: it is theirs, and whoever else is signed in as them is out."""
        person = Person.objects.get(pk=email_address.user_id)
        try:
            change_email(person, canonical(email_address.email), at=timezone.now())
        except AddressTaken:
            messages.error(request, _("This address can't be used for your account."))
            return False
        browsers.end_others(request, person, at=timezone.now())
        messages.success(request, _("Your address is changed. Everywhere else you are signed out."))
        return True

    def clean_email(self, email):
        """One mailbox, one spelling."""
        return canonical(email)

    def get_email_verification_redirect_url(self, email_address):
        """Back to the page on which it was changed."""
        return reverse("account_email")


def _language_of(email):
    """The reader's own language; whoever has chosen none yet gets that of the page they have open."""
    person = Person.objects.filter(email=canonical(email), welcomed_at__isnull=False).first()
    return person.language if person else translation.get_language()
