"""The yes of somebody for whom others ask: before it nothing of theirs is seen, and it can be taken back.

As with invitations, only the SHA-256 of the token in the link is stored, and opening the link changes nothing. The
link alone opens no page: whoever follows it shows that the address is theirs, so that a mail passed on opens nothing.
"""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from supportnet.notices.models import Notice

from ..hooks import tell_that_consent_changed
from ..limits import at_most
from .journal import JournalEntry
from .person import Person, known

STANDS = Q(agreed_at__isnull=False, withdrawn_at__isnull=True)
# Who has not answered may be reminded soon; who has said no is left in peace for a good while.
REMINDS_AFTER, ASKS_AGAIN_AFTER = dt.timedelta(days=3), dt.timedelta(days=30)


def agreed(path=""):
    """A condition: nobody's consent is missing at `path`, which ends with "__" or is empty."""
    missing_none = Q(**{f"{path}consent__isnull": True})
    return missing_none | Q(
        **{f"{path}consent__agreed_at__isnull": False, f"{path}consent__withdrawn_at__isnull": True}
    )


def fingerprint(token):
    """What is stored of a token: its SHA-256 in hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


class TheirsToSay(Exception):
    """The person said no themselves: nobody whom they named says yes instead."""


class HowSaid(models.TextChoices):
    """How somebody without e-mail said yes to a keeper."""

    IN_PERSON = "in_person", _("Face to face")
    BY_PHONE = "by_phone", _("By phone")
    IN_WRITING = "in_writing", _("In writing")


class ConsentQuerySet(models.QuerySet):
    """Consents, by token and by whom they concern; and how they come into being."""

    def by_token(self, token):
        """The consent that `token` leads to, once it was asked for. Raises `Consent.DoesNotExist`."""
        asked = self.filter(asked_at__isnull=False)
        return asked.select_related("circle", "asked_by", "person").get(token_hash=fingerprint(token))

    def decided_by(self, person):
        """What was asked of `person`, or of somebody who named them to decide. Raises `NobodyAsked` without one."""
        theirs = Q(person=known(person)) | Q(person__isnull=True, email=person.email)
        asked = self.filter(theirs | Q(delegate_email=person.email), asked_at__isnull=False)
        return asked if person.is_verified else asked.none()

    def draft(self, *, name, email, by, at, how_they_know="", form_key=None):
        """A consent that is not asked for yet: nobody is told before `send`. The same `form_key` gives the same one."""
        consent, _made = self._make(
            by, form_key, name=name, email=email.strip().lower(), how_they_know=how_they_know
        )
        return consent

    def ask(self, *, name, email, by, at, how_they_know="", form_key=None):
        """Ask the person behind `email`, by mail, whether others may ask for them. Raises `NotVerified`.

        The same `form_key` from the same person asks once.
        """
        with transaction.atomic():
            consent = self.draft(
                name=name, email=email, by=by, at=at, how_they_know=how_they_know, form_key=form_key
            )
            consent.send(by=by, at=at)
        return consent

    def record(self, *, name, by, how, note, at, circle=None, form_key=None):
        """Write down the yes of somebody without e-mail: who said it, how and when. It stands at once."""
        by.require_verified()
        said = {"recorded_how": how, "recorded_note": note, "agreed_at": at, "agreed_by": by, "asked_at": at}
        with transaction.atomic():
            consent, made = self._make(by, form_key, name=name, **said)
            if made:
                JournalEntry.objects.write("recorded consent", consent, by=by, at=at, circle=circle)
        return consent

    def _make(self, by, form_key, **fields):
        consent = self.model(asked_by=by, salt=_salt(by, form_key), **fields)
        return self.get_or_create(
            token_hash=fingerprint(consent.token), defaults={"asked_by": by, "salt": consent.salt, **fields}
        )


def _salt(by, form_key):
    seed = f"consent:{by.pk}:{form_key or secrets.token_hex(16)}"
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


class Consent(models.Model):
    """Whether somebody agrees that others ask for them: for a care circle, or for one help request.

    `person` is null until they came with the address `email`; without e-mail a keeper records who agreed, how and
    when. `asked_at` is null while nobody was asked yet. `delegate_email` is whom the person named to decide for them.
    `struck` lists the keys of what they do not want told (see `circles.consenting`); it only ever grows.
    """

    name = models.CharField(_("for whom"), max_length=80)
    email = models.EmailField(_("their e-mail address"), blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="consents"
    )
    delegate_name = models.CharField(_("who decides for them"), max_length=80, blank=True)
    delegate_email = models.EmailField(_("their delegate's e-mail address"), blank=True)
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

    @property
    def token(self):
        """The secret part of the link, 32 characters; derived, never stored."""
        return salted_hmac("circles.Consent", self.salt, algorithm="sha256").hexdigest()[:32]

    def get_absolute_url(self):
        """The page on which the person decides."""
        return reverse("consent", args=[self.token])

    @property
    def around(self):
        """The care circle that it is for, or None when it is for a help request."""
        return getattr(self, "circle", None)

    def is_for(self, person):
        """Whether `person` is the one for whom others ask."""
        if self.person_id:
            return self.person_id == person.pk
        return bool(self.email) and self.email == person.email and person.is_verified

    def is_delegate(self, person):
        """Whether `person` was named to decide."""
        return bool(self.delegate_email) and self.delegate_email == person.email and person.is_verified

    def may_decide(self, person):
        """Whether `person` may agree, strike out and take back: the one it is for, or whom they named."""
        return self.is_for(person) or self.is_delegate(person)

    def may_agree(self, person):
        """Whether `person` may say yes: whoever decides, but nobody for somebody who said no themselves."""
        return self.is_for(person) or self.is_delegate(person) and not self._said_no_themselves()

    def _said_no_themselves(self):
        said = JournalEntry.objects.about(self).filter(verb__in=("agreed", "declined", "took back"))
        last = said.select_related("actor").order_by("-at", "-pk").first()
        is_no = last is not None and last.verb != "agreed" and last.actor is not None
        return is_no and self.is_for(last.actor)

    def lock(self):
        """The consent as it stands now, its row held until the transaction ends."""
        return Consent.objects.select_for_update(no_key=True).get(pk=self.pk)

    def send(self, *, by, at):
        """Ask the person, by mail. Asking twice is asking once. Raises `NotVerified`."""
        by.require_verified()
        with transaction.atomic():
            if not self._change(Q(asked_at__isnull=True), asked_at=at):
                return
            self._note("asked for consent", by=by, at=at)
            self._mail(self.email, "person", by=by, at=at)

    def may_ask_again_at(self):
        """When the person may be asked once more; None where nobody is to be asked."""
        if self.stands or self.asked_at is None or not self.email:
            return None
        answered_at = self.withdrawn_at or self.declined_at
        return answered_at + ASKS_AGAIN_AFTER if answered_at else self.asked_at + REMINDS_AFTER

    def ask_again(self, *, by, at):
        """Remind somebody who has not answered, or ask once more after a no. Raises `AskedLately` while it is early."""
        from .membership import AskedLately

        by.require_verified()
        with transaction.atomic():
            again_at = self.lock().may_ask_again_at()
            if again_at is None:
                return
            if at < again_at:
                raise AskedLately(again_at)
            self._change(~STANDS, asked_at=at, declined_at=None)
            self._note("asked for consent", by=by, at=at)
            self._mail(self.email, "person", by=by, at=at)

    def ask_about_more(self, *, by, at):
        """More is to be seen than they agreed to: their yes does not hold for it, and they are asked once more."""
        with transaction.atomic():
            if self._change(STANDS & ~Q(email=""), agreed_at=None, agreed_by=None, asked_at=at):
                self._note("asked for consent", by=by, at=at)
                self._mail(self.email, "person", by=by, at=at)

    def record_again(self, *, by, how, note, at):
        """Somebody without e-mail, who had taken it back, said yes once more. It stands at once."""
        by.require_verified()
        said = {"recorded_how": how, "recorded_note": note, "agreed_at": at, "agreed_by": by}
        with transaction.atomic():
            if self._change(~STANDS & Q(email=""), withdrawn_at=None, **said):
                self._note("recorded consent", by=by, at=at)
                tell_that_consent_changed(self, by=by, at=at)

    def agree(self, *, by, at, struck=()):
        """Yes, but for what is `struck` (keys). What was drafted is seen from now on. Twice is once.

        Raises `NotVerified`, and `TheirsToSay` for a delegate of somebody who said no themselves.
        """
        by.require_verified()
        if self.may_decide(by) and not self.may_agree(by):
            raise TheirsToSay
        given = {"agreed_at": at, "agreed_by": by, "withdrawn_at": None, "declined_at": None}
        with transaction.atomic():
            fresh = self.lock()
            given["person_id"] = fresh.person_id or (by.pk if fresh.is_for(by) else None)
            given["struck"] = sorted({*fresh.struck, *struck})
            if self._change(~STANDS, **given):
                self._note("agreed", by=by, at=at)
                if self.around:
                    self.around.open_after_yes(by=by, at=at)
                tell_that_consent_changed(self, by=by, at=at)
                self._answer("agreed", by=by, at=at)

    def decline(self, *, by, at):
        """No thank you: whoever asked is told kindly, and nothing is seen. Raises `NotVerified`."""
        by.require_verified()
        with transaction.atomic():
            if self._change(Q(agreed_at__isnull=True, declined_at__isnull=True), declined_at=at):
                self._note("declined", by=by, at=at)
                self._answer("declined", by=by, at=at)

    def withdraw(self, *, by, at):
        """Take it back: all that was asked is hidden at once, and what was promised is called off. Twice is once."""
        with transaction.atomic():
            if self._change(STANDS, withdrawn_at=at):
                self._note("took back", by=by, at=at)
                tell_that_consent_changed(self, by=by, at=at)
                self._answer("taken back", by=by, at=at)

    def name_delegate(self, *, name, email, by, at):
        """Let somebody else decide as well; they get the link by mail. Naming them twice is naming them once."""
        by.require_verified()
        email = email.strip().lower()
        with transaction.atomic():
            if self._change(~Q(delegate_email=email), delegate_name=name, delegate_email=email):
                self._note("named delegate", by=by, at=at)
                self._mail(email, "delegate", by=by, at=at)

    def name_nobody(self, *, by, at):
        """Nobody else decides any more."""
        with transaction.atomic():
            if self._change(~Q(delegate_email=""), delegate_name="", delegate_email=""):
                self._note("named nobody", by=by, at=at)

    def _change(self, only, **changes):
        """Change the row if `only` holds, by one UPDATE; of two presses one does it."""
        if not Consent.objects.filter(only, pk=self.pk).update(**changes):
            return False
        self.refresh_from_db()
        return True

    def _note(self, verb, *, by, at):
        JournalEntry.objects.write(verb, self, by=by, at=at, circle=self.around)

    def _mail(self, email, to, *, by, at):
        """Queue the link; whoever typed the address at the door and never proved it is still a stranger to us."""
        reader = Person.objects.filter(email=email, verified_at__isnull=False).first()
        key = f"consent_asked:{self.pk}:{to}:{at.isoformat()}"
        Notice.objects.queue(
            "consent_asked", self, to=reader or email, at=at, by=by, key=key, facts={"to": to}
        )

    def _answer(self, said, *, by, at):
        """Tell whoever asked; of a care circle, those who keep it."""
        readers = {keeping.person for keeping in self.around.keepers()} if self.around else {self.asked_by}
        for reader in readers:
            key = f"consent_answered:{self.pk}:{at.isoformat()}:{reader.pk}"
            Notice.objects.queue(
                "consent_answered", self, to=reader, at=at, by=by, key=key, facts={"said": said}
            )
