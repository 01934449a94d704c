"""The yes of somebody for whom others ask: before it nothing of theirs is seen, and it can be taken back.

As with invitations, only the SHA-256 of the token in the link is stored, and opening the link changes nothing. The
link alone opens no page: whoever follows it shows that the address is theirs, so that a mail passed on opens nothing.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .. import consent_rows, names
from ..addresses import AddressColumn, canonical
from ..limits import at_most
from .consent_answers import Answering, NotTheirs
from .consent_asking import Asking
from .consent_queries import ConsentQuerySet
from .journal import JournalEntry
from .mailed_link import Addressed, proven
from .person import Person
from .refusal import Refusal


def agreed(path=""):
    """A condition: nobody's consent is missing at `path`, which ends with "__" or is empty."""
    missing_none = Q(**{f"{path}consent__isnull": True})
    return missing_none | Q(
        **{f"{path}consent__agreed_at__isnull": False, f"{path}consent__withdrawn_at__isnull": True}
    )


class HowSaid(models.TextChoices):
    """How somebody without e-mail said yes to a keeper."""

    IN_PERSON = "in_person", _("Face to face")
    BY_PHONE = "by_phone", _("By phone")
    IN_WRITING = "in_writing", _("In writing")


class Consent(Asking, Answering, Addressed, models.Model):
    """Whether somebody agrees that others ask for them: for a care circle, or for one help request.

    `email` is what was typed; `owner` is whose it is, from when they have shown that the address is theirs. `person` is
    null until they said yes themselves; without e-mail a keeper records who agreed, how and when. `asked_at` is null
    while nobody was asked yet. `delegate_email` is whom the person named to decide for them, `delegate` who that is.
    `refused_at` is the person's own no: while it is there nothing stands, whoever says yes, and only their own yes
    takes it away. `struck` lists the keys of what they do not want told (see `circles.consent_rows`); it only grows.
    """

    name = models.CharField(_("for whom"), max_length=80)
    email = AddressColumn(_("their e-mail address"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="consents_to_give"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="consents"
    )
    delegate_name = models.CharField(_("who decides for them"), max_length=80, blank=True)
    delegate_email = AddressColumn(_("their delegate's e-mail address"), blank=True)
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="consents_left_to_them"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="consents_asked_for")
    how_they_know = models.CharField(_("how you know each other"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    salt = models.CharField(max_length=32, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    struck = models.JSONField(_("struck out"), default=list, blank=True)
    recorded_how = models.CharField(_("how they said it"), max_length=10, choices=HowSaid, blank=True)
    recorded_note = models.CharField(_("who said it, and when"), max_length=200, blank=True)
    declined_at = models.DateTimeField(_("said no"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    refused_at = models.DateTimeField(_("the person's own no"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_how__in=["", *HowSaid.values]), name="consent_recorded_how_is_known"
            ),
            at_most(80, "name", model="consent"),
            at_most(200, "recorded_note", model="consent"),
            at_most(200, "how_they_know", model="consent"),
            models.CheckConstraint(condition=~Q(name=""), name="consent_is_somebodys"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(agreed_at__isnull=False),
                name="consent_is_taken_back_after_it_was_given",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(declined_at__isnull=True),
                name="consent_is_given_or_not",
            ),
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True)
                | Q(agreed_at__isnull=True)
                | Q(withdrawn_at__isnull=False),
                name="consent_does_not_stand_against_the_persons_own_no",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def stands(self):
        """Whether they agreed and have not taken it back."""
        return self.agreed_at is not None and self.withdrawn_at is None

    @property
    def is_taken_back(self):
        """Whether they agreed once and have taken it back."""
        return self.withdrawn_at is not None

    @property
    def state(self):
        """ "draft" (nobody was asked), "waiting" for an answer, "stands", "declined" or "taken back"."""
        if self.stands:
            return "stands"
        if self.is_taken_back:
            return "taken back"
        if self.declined_at:
            return "declined"
        return "waiting" if self.asked_at else "draft"

    def get_absolute_url(self):
        """The page on which the person decides."""
        return reverse("consent", args=[self.token])

    @property
    def around(self):
        """The care circle that it is for, or None when it is for a help request."""
        return getattr(self, "circle", None)

    @property
    def asked_in(self):
        """The circle whose people ask: the care circle, or that of the help request; None before it is either."""
        return self.around or consent_rows.circle_of(self)

    def is_for(self, person):
        """Whether `person` is the one for whom others ask."""
        if self.owner_id:
            return self.owner_id == person.pk
        return bool(self.email) and self.email == person.email and person.is_verified

    def is_delegate(self, person):
        """Whether `person` was named to decide."""
        if self.delegate_id:
            return self.delegate_id == person.pk
        return bool(self.delegate_email) and self.delegate_email == person.email and person.is_verified

    def may_decide(self, person):
        """Whether `person` may agree, strike out and take back: the one it is for, or whom they named."""
        return self.is_for(person) or self.is_delegate(person)

    def may_agree(self, person, *, at):
        """Whether `person` may say yes: whoever decides, but nobody else for somebody who said no themselves."""
        return self.is_for(person) or self.is_delegate(person) and not self.is_refused(at=at)

    def is_refused(self, *, at):
        """Whether the person themselves said no: to this, or lately to something else that the same people asked."""
        return bool(self.refused_at) or Refusal.objects.own_against(self, at=at).exists()

    def lock(self):
        """The consent as it stands now, its row held until the transaction ends."""
        return Consent.objects.select_for_update(no_key=True).get(pk=self.pk)

    def _lock_for(self, by):
        """The consent as it stands now, its row held, and `by` as they are now. Raises `NotTheirs`."""
        fresh, by = self.lock(), Person.objects.get(pk=by.pk)
        by.require_verified()
        if not fresh.may_decide(by):
            raise NotTheirs
        # Whoever comes with the proven address has it from now on, whatever becomes of the address.
        Consent.objects.filter(pk=self.pk).hand_over_to(by)
        fresh.refresh_from_db()
        return fresh, by

    def name_delegate(self, *, name, email, by, at):
        """Let somebody else decide as well; they get the link by mail. Naming them twice is naming them once.

        Raises `NotTheirs` for everybody but the person.
        """
        email = canonical(email)
        with transaction.atomic():
            fresh = self._lock_for_person(by)
            if fresh.delegate_email != email:
                self._leave_behind_whom_was_named()
                self._set(delegate_name=names.fit(name), delegate_email=email, delegate=proven(email))
                self._note("named delegate", by=by, at=at)
                self._mail_delegate(by=by, at=at)

    def name_nobody(self, *, by, at):
        """Nobody else decides any more. Raises `NotTheirs` for everybody but the person."""
        with transaction.atomic():
            if self._lock_for_person(by).delegate_email:
                self._leave_behind_whom_was_named()
                self._set(delegate_name="", delegate_email="", delegate=None)
                self._note("named nobody", by=by, at=at)

    def _leave_behind_whom_was_named(self):
        """The link in the mail of whoever decided until now says nothing any more; the person has it on their page."""
        if self.delegate_email:
            Consent.objects.filter(pk=self.pk).renew_links()
            self.refresh_from_db()

    def _lock_for_person(self, by):
        fresh, by = self._lock_for(by)
        if not fresh.is_for(by):
            raise NotTheirs
        return fresh

    def _set(self, **changes):
        """Change the row, which is held."""
        Consent.objects.filter(pk=self.pk).update(**changes)
        self.refresh_from_db()

    def _note(self, verb, *, by, at):
        JournalEntry.objects.write(verb, self, by=by, at=at, circle=self.around)
