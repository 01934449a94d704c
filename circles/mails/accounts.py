"""The mails about one's account: to an address that a person has no longer, and when a way in has changed."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import Kind, register

from ..addresses import masked
from ..models import AddressChange, Person
from ..time_text import clock


class AboutAddress(Kind):
    """What both have in common: they go to an address that is no longer anybody's here."""

    model = AddressChange
    related = ("person",)
    needs_verified = False
    has_own_link = True
    quiet = False

    def language(self, cause):
        """That of whose address it was."""
        return cause.person.language


@register
class AddressChanged(AboutAddress):
    """To the old address, at once: the account has another one now."""

    name = "address_changed"
    label = _("Your address was changed")

    def still_true(self, cause, notice, at):
        """While it can be taken back."""
        return "" if cause.is_open(at) else "It was taken back, or the week is over."

    def context(self, causes, notices, reader, at):
        """The new address, hidden but for its first letter, and until when."""
        return {"change": causes[0], "masked": masked(causes[0].became), "until": causes[0].until}

    def url(self, cause):
        """The page that asks whether to take it back."""
        return cause.get_absolute_url()


@register
class AddressRestored(AboutAddress):
    """To the newer address: whoever has the old one took the change back."""

    name = "address_restored"
    label = _("A change of address was taken back")

    def context(self, causes, notices, reader, at):
        """The address that counts again, hidden but for its first letter."""
        return {"masked": masked(causes[0].was)}

    def url(self, cause):
        """The door."""
        return reverse("account_request_login_code")


# What the sign-in library says has happened, by the end of its name for it.
WHAT_CHANGED = {
    "totp_activated": _("An authenticator app was added."),
    "totp_deactivated": _("The authenticator app was removed."),
    "recovery_codes_generated": _("New recovery codes were made."),
    "recovery_codes_removed": _("The recovery codes were removed."),
    "webauthn_added": _("A passkey or security key was added."),
    "webauthn_removed": _("A passkey or security key was removed."),
}


@register
class WayInChanged(Kind):
    """To the person themselves: a passkey, app or set of codes was added or removed."""

    name = "way_in_changed"
    model = Person
    label = _("A way into your account was changed")
    quiet = False

    def circle_id(self, cause):
        """No circle's business."""

    def context(self, causes, notices, reader, at):
        """What was changed, and when."""
        what = WHAT_CHANGED.get(notices[0].facts.get("what"), _("A way into your account was changed."))
        at = notices[0].created_at
        day = date_format(at.astimezone(reader.zone), "DATE_FORMAT")
        return {"what": what, "when": f"{day}, {clock(at, zone=reader.zone)}"}

    def url(self, cause):
        """Their passkeys and second lock."""
        return reverse("mfa_index")
