"""A change of address, the identity: told to the old one, which may take it back for a week.

Whoever took over a session and a mailbox for a minute would otherwise own the account for good. As with an
invitation only the SHA-256 of the token is stored; the token is derived when the mail is written.
"""

import datetime as dt
import secrets

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from supportnet.notices.models import Notice

from ..addresses import AddressColumn
from ..hooks import tell_that_email_changed
from .consent import Consent
from .mailed_link import fingerprint
from .person import AddressTaken, Person
from .sign_in_code import SignInCode

# Long enough for somebody who reads mail on Sundays; meanwhile nobody else gets the old address (`reserving`).
TAKE_BACK_WITHIN = dt.timedelta(days=7)
# Ways in that were added so shortly before a change go with it. Whoever came in earlier had been told by mail, and had
# as long to look.
ADDED_BEFORE = TAKE_BACK_WITHIN
# What the person is told of each kind, as the sign-in library names it (`mails_about_addresses`).
REMOVED = {
    Authenticator.Type.TOTP: "totp_deactivated",
    Authenticator.Type.WEBAUTHN: "webauthn_removed",
    Authenticator.Type.RECOVERY_CODES: "recovery_codes_removed",
}


class TooLateToTakeBack(Exception):
    """The week is over, or the change was taken back already."""


class AddressChangeQuerySet(models.QuerySet):
    def with_token(self, token):
        """The change that `token` takes back, or None."""
        return self.select_related("person").filter(token_hash=fingerprint(token)).first()

    def open(self, at):
        """Changes that may still be taken back at the UTC time `at`."""
        return self.filter(taken_back_at__isnull=True, changed_at__gt=at - TAKE_BACK_WITHIN)

    def reserving(self, email, *, at):
        """The latest open change away from `email`: nobody else gets that address meanwhile. None if there is none."""
        return self.open(at).filter(was=email).exclude(person__email=email).order_by("-pk").first()

    def make(self, person, *, became, at):
        """See `change_email`."""
        change = self.model(
            person=person, was=person.email, became=became, changed_at=at, salt=secrets.token_hex(16)
        )
        change.token_hash = fingerprint(change.token)
        change.save(force_insert=True)
        return change


class AddressChange(models.Model):
    """From which address to which, and when. Forgotten after the week."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="address_changes")
    was = AddressColumn(_("old address"))
    became = AddressColumn(_("new address"))
    salt = models.CharField(max_length=32, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    changed_at = models.DateTimeField(_("changed"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(was=F("became")), name="address_change_changes_the_address")
        ]

    def __str__(self):
        return f"{self.was} → {self.became}"

    @property
    def token(self):
        """The secret part of the link, 32 characters; derived, never stored."""
        return salted_hmac("circles.AddressChange", self.salt, algorithm="sha256").hexdigest()[:32]

    @property
    def until(self):
        """Until when it may be taken back."""
        return self.changed_at + TAKE_BACK_WITHIN

    def get_absolute_url(self):
        """The page that asks whether to take it back."""
        return reverse("address_back", args=[self.token])

    def is_open(self, at):
        """Whether it may still be taken back at `at`."""
        return self.taken_back_at is None and at < self.until

    def take_back(self, *, at):
        """The old address counts again, and whoever changed it is out: everywhere, and with what they added.

        Every session ends, and ways in that were added since the week before the change are gone; so are later
        changes. Returns the ways in that went and those that stay, two lists of `Authenticator`. Raises
        `TooLateToTakeBack` or `AddressTaken`.
        """
        with transaction.atomic():
            Consent.objects.lock_those_of(self.person, self.was)
            self.person.lock()
            self.refresh_from_db()
            if not self.is_open(at):
                raise TooLateToTakeBack
            left = self.person.email
            _move(self.person, to=self.was, at=at)
            ways_in = self._remove_what_was_added(at=at)
            later = self.person.address_changes.filter(pk__gte=self.pk, taken_back_at__isnull=True)
            later.update(taken_back_at=at)
            self.refresh_from_db()
            if left != self.was:
                Notice.objects.queue("address_restored", self, to=left, at=at)
        return ways_in

    def _remove_what_was_added(self, *, at):
        theirs = list(Authenticator.objects.filter(user=self.person).order_by("pk"))
        added = [one for one in theirs if one.created_at >= self.changed_at - ADDED_BEFORE]
        stays = [one for one in theirs if one not in added]
        if all(one.type == Authenticator.Type.RECOVERY_CODES for one in stays):
            added, stays = theirs, []  # codes alone are no second lock of anything
        Authenticator.objects.filter(pk__in=[one.pk for one in added]).delete()
        for what in sorted({REMOVED[one.type] for one in added}):
            key = f"way_in_changed:{self.person.pk}:{what}:{at.timestamp()}"
            Notice.objects.queue(
                "way_in_changed", self.person, to=self.person, at=at, key=key, facts={"what": what}
            )
        return added, stays


def change_email(person, email, *, at):
    """`email` is `person`'s address from now on: they have shown that it is theirs. Returns the `AddressChange`.

    The old one is told, and may take it back for a week. Sessions end, all of them: the caller renews the one in which
    it was done. What hangs on the old address (codes, links in mails, and what `hooks.email_changed` adds) dies with
    it. Raises `AddressTaken`, also while somebody else may still take that address back.
    """
    with transaction.atomic():
        Consent.objects.lock_those_of(person, email)
        person.lock()
        person.refresh_from_db(fields=["email"])
        reserved = AddressChange.objects.reserving(email, at=at)
        if person.email == email or (reserved and reserved.person_id != person.pk):
            raise AddressTaken
        change = AddressChange.objects.make(person, became=email, at=at)
        _move(person, to=email, at=at)
        Notice.objects.queue("address_changed", change, to=change.was, at=at)
    return change


def _move(person, *, to, at):
    if Person.objects.filter(email=to).exclude(pk=person.pk).exists():
        raise AddressTaken
    was = person.email
    person.move_to(to, at=at)
    person.own_address()
    SignInCode.objects.forget(was)
    tell_that_email_changed(person, was=was, at=at)
