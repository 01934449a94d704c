"""Somebody with an account. The e-mail address is the identity (docs/decisions/0004-email-as-identity.md)."""

import datetime as dt
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import (
    AbstractBaseUser,
    PermissionsMixin,
)
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from supportnet.notices.models import Notice

from .. import names
from ..addresses import AddressColumn, canonical
from ..hooks import tell_that_address_was_proven, tell_that_clock_changed
from ..limits import at_most, between, one_of
from ..zones import zone_named
from .person_queries import PersonManager

# A change of these moves reminders of what was promised, and what waits for an hour of theirs is looked at anew.
CLOCK = {"time_zone", "remind_at", "remind_two_hours", "quiet_from", "quiet_until", "digest_at"}


class NobodyAsked(Exception):
    """Something that depends on who looks was asked for without a person: it never means "everybody"."""


class AddressTaken(Exception):
    """Somebody else has this address, or may still take it back."""


class NotVerified(Exception):
    """The person has not yet shown that the e-mail address is theirs."""


class Tell(models.TextChoices):
    """How often somebody wants to hear about what happens with their own requests."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    NEVER = "never", _("Not by mail")


def known_time_zone(name):
    """Validate that `name` is an IANA time zone that this installation knows."""
    if name not in available_timezones():
        raise ValidationError(_("Choose a time zone from the list."), code="unknown_time_zone")


def default_time_zone():
    """The installation's own time zone, until the person's browser or they themselves say otherwise."""
    return settings.TIME_ZONE


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account: asks, helps, keeps circles. All times are UTC; clock times are their own."""

    # Without one only for helpers whom a keeper added by name and phone: they never sign in and get no mail.
    email = AddressColumn(_("e-mail address"), unique=True, null=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default=default_time_zone,
        validators=[known_time_zone],
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    area = models.CharField(_("area"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    way_in = models.CharField(_("way in"), max_length=200, blank=True)

    remind_at = models.TimeField(_("remind me the evening before at"), default=dt.time(18))
    remind_two_hours = models.BooleanField(_("remind me again two hours before"), default=False)
    quiet_from = models.TimeField(_("no mail after"), default=dt.time(21))
    quiet_until = models.TimeField(_("no mail before"), default=dt.time(8))
    digest_at = models.TimeField(_("daily mail at"), default=dt.time(8))
    told_of_claims = models.CharField(
        _("about my own requests"), max_length=10, choices=Tell, default=Tell.AT_ONCE
    )

    does = models.JSONField(_("what I like to do"), default=list, blank=True)
    free_on = models.JSONField(_("days that suit me"), default=list, blank=True)
    most_a_month = models.PositiveSmallIntegerField(_("at most so often a month"), null=True, blank=True)
    thanks_wanted = models.BooleanField(_("nudge people to thank me"), default=True)
    break_until = models.DateField(_("taking a break until"), null=True, blank=True)

    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    verified_at = models.DateTimeField(_("address shown to be theirs"), null=True, blank=True, editable=False)
    welcomed_at = models.DateTimeField(_("first-time page filled in"), null=True, blank=True, editable=False)
    mail_refused_at = models.DateTimeField(_("mail refused"), null=True, blank=True, editable=False)
    mail_refused_because = models.CharField(max_length=300, blank=True, editable=False)
    sessions_ended_at = models.DateTimeField(
        _("signed out everywhere"), null=True, blank=True, editable=False
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_is_in_lower_case"),
            models.CheckConstraint(condition=~Q(email=""), name="person_has_an_email"),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | (~Q(phone="") & ~Q(name="")),
                name="person_without_email_has_name_and_phone",
            ),
            at_most(80, "name", model="person"),
            at_most(200, "address", model="person"),
            at_most(200, "way_in", model="person"),
            one_of(Tell, "told_of_claims", model="person"),
            between(1, 100, "most_a_month", model="person"),
        ]

    def __str__(self):
        return self.name or str(_("Someone"))

    @property
    def hears_by_mail(self):
        """Whether mail reaches them, as far as anybody knows."""
        return self.email is not None and self.mail_refused_at is None

    @property
    def zone(self):
        """The person's time zone as a `ZoneInfo`."""
        return zone_named(self.time_zone)

    @property
    def is_by_phone(self):
        """Whether a keeper added them by name and phone: without an address, they never sign in and get no mail."""
        return self.email is None

    @property
    def is_verified(self):
        """Whether the person has shown that the address is theirs."""
        return self.verified_at is not None

    def is_on_break(self, *, at):
        """Whether they take a break: until the end of the day that they named, on their own clock."""
        return self.break_until is not None and self.break_until >= at.astimezone(self.zone).date()

    def clean(self):
        """Keep the address, where there is one, in lower case, as the database wants it."""
        self.email = self.email and canonical(self.email)

    def require_verified(self):
        """Raise `NotVerified` unless the address was shown to be theirs.

        Whoever has none does nothing in their own name; a keeper promises for them (`Slot.claim`).
        """
        if not self.is_verified:
            raise NotVerified

    def verify(self, *, at):
        """The mailed code came back: the address is theirs with what was mailed to it, and mail is tried again."""
        self.verified_at = self.verified_at or at
        self.mail_refused_at, self.mail_refused_because = None, ""
        with transaction.atomic():
            self.save(update_fields=["verified_at", "mail_refused_at", "mail_refused_because"])
            self.own_address()
            tell_that_address_was_proven(self, at=at)

    def own_address(self):
        """Let the sign-in library know the address as the person's own and only one."""
        EmailAddress.objects.filter(user=self).exclude(email=self.email).delete()
        proven = {"verified": True, "primary": True}
        EmailAddress.objects.update_or_create(user=self, email=self.email, defaults=proven)

    def move_to(self, email, *, at):
        """`email` is the address from now on: a step of `address_change`, which does all that must follow."""
        self.email, self.sessions_ended_at = email, at
        self.verified_at = self.verified_at or at
        self.mail_refused_at, self.mail_refused_because = None, ""
        self.save(
            update_fields=[
                *("email", "sessions_ended_at", "verified_at"),
                *("mail_refused_at", "mail_refused_because"),
            ]
        )

    def end_sessions(self, *, at):
        """Signed out in every browser: no session from before is good any more."""
        self.sessions_ended_at = at
        self.save(update_fields=["sessions_ended_at"])

    def _get_session_auth_hash(self, secret=None):
        """What every session of theirs must hold: Django's own, until sessions were ended for the first time."""
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        since = self.sessions_ended_at.isoformat() if self.sessions_ended_at else ""
        return salted_hmac(salt, self.password + since, secret=secret, algorithm="sha256").hexdigest()

    def welcome(self, *, name, time_zone, language, at):
        """The first-time page: what to call them and what time it is where they are."""
        self.name = names.fit(name, stored=self.name)
        self.time_zone, self.language = time_zone, language
        self.welcomed_at = self.welcomed_at or at
        self.save(update_fields=["name", "time_zone", "language", "welcomed_at"])

    def edit(self, *, at, **changes):
        """Change the profile; reminders follow when the clock that they go by changed."""
        for field, value in names.fitted(changes).items():
            setattr(self, field, value)
        with transaction.atomic():
            self.save(update_fields=list(changes))
            if CLOCK & set(changes):
                tell_that_clock_changed(self, at=at)
                Notice.objects.look_again(self, at=at)

    def deactivate(self, *, by, at):
        """End every membership and every yes, wait at no door, then refuse sign-in and mail. Raises `LastKeeper`."""
        with transaction.atomic():
            for consent in self.consents_to_give.order_by("pk"):
                consent.end_with_account(by=by, at=at)
            memberships = list(self.memberships.current().select_related("circle").order_by("circle_id"))
            # All circles are held before the first membership takes other rows.
            for membership in memberships:
                membership.circle.lock()
            for membership in memberships:
                membership.leave(at=at, by=by)
            for membership in self.memberships.waiting().select_related("circle"):
                membership.take_back(at=at)
            self.is_active = False
            self.save(update_fields=["is_active"])

    def lock(self):
        """Hold this person's row until the transaction ends, so that their claims are made one by one.

        Lock order is always person, then slot. On SQLite the transaction itself is the lock.
        """
        return type(self).objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=self.pk)

    def mark_mail_refused(self, *, reason, at):
        """A mail server said for good that the address takes no mail."""
        self.mail_refused_at, self.mail_refused_because = at, reason[:300]
        self.save(update_fields=["mail_refused_at", "mail_refused_because"])

    def keeps_any_circle(self):
        """Whether the person keeps at least one circle. One query, remembered on the object."""
        if not hasattr(self, "_keeps_any_circle"):
            self._keeps_any_circle = self.memberships.keepers().exists()
        return self._keeps_any_circle


def known(person):
    """`person` if there is somebody, else `NobodyAsked`: what depends on who looks fails closed."""
    if person is None or not person.is_authenticated:
        raise NobodyAsked
    return person
