"""What allauth asks of us: codes that can be read aloud, mails in the reader's language, one door."""

import secrets

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from supportnet.notices.local_paths import is_ours

from .addresses import canonical
from .models import AddressTaken, Person, change_email


class AccountAdapter(DefaultAccountAdapter):
    """Signing in and changing one's address, the way this house does it."""

    def is_open_for_signup(self, request):
        """Never: people enter through the one door (`circles.views.door`), which needs no sign-up page."""
        return False

    def is_safe_url(self, url):
        """Whether to lead somebody there after signing in or out: only to pages of ours."""
        return bool(url) and is_ours(url)

    def generate_login_code(self):
        """Eight digits in two groups: every keyboard has them, and 15 guesses a minute get nowhere."""
        digits = f"{secrets.randbelow(10**8):08}"
        return f"{digits[:4]}-{digits[4:]}"

    generate_email_verification_code = generate_login_code

    def send_mail(self, template_prefix, email, context):
        """Send at once, since somebody waits at the screen, and in the reader's own language."""
        with translation.override(_language_of(email)):
            super().send_mail(template_prefix, email, context)

    def render_mail(self, template_prefix, email, context, headers=None):
        """Say that a machine wrote it, so that no out-of-office note answers."""
        headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
        return super().render_mail(template_prefix, email, context, headers)

    def post_login(self, request, user, **kwargs):
        """Whoever came in by a mailed code has shown that the address is theirs and takes mail."""
        if _came_by_code(request, user) and (not user.is_verified or user.mail_refused_at):
            user.verify(at=timezone.now())
        return super().post_login(request, user, **kwargs)

    def confirm_email(self, request, email_address):
        """A changed address whose code came back: it is theirs, and whoever else is signed in as them is out."""
        person = Person.objects.get(pk=email_address.user_id)
        try:
            change_email(person, canonical(email_address.email), at=timezone.now())
        except AddressTaken:
            messages.error(request, _("This address can't be used for your account."))
            return False
        update_session_auth_hash(request, person)
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
    person = Person.objects.filter(email=email.lower(), welcomed_at__isnull=False).first()
    return person.language if person else translation.get_language()


def _came_by_code(request, user):
    return any(record["method"] == "code" for record in get_authentication_records(request, user))
