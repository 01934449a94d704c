"""Consents, by token and by whom they concern; and how they come into being."""

from django.db import transaction

from .. import names
from ..addresses import canonical
from .journal import JournalEntry
from .mailed_link import AddressedQuerySet, fingerprint, proven, salt_of
from .person import known
from .recorded_consent import require_recordable


class ConsentQuerySet(AddressedQuerySet):
    """Consents, by token and by whom they concern; and how they come into being."""

    FIELDS = (("owner", "email"), ("delegate", "delegate_email"))

    def by_token(self, token):
        """The consent that `token` leads to, once it was asked for. Raises `Consent.DoesNotExist`."""
        asked = self.filter(asked_at__isnull=False)
        return asked.select_related("circle", "asked_by", "owner", "delegate").get(
            token_hash=fingerprint(token)
        )

    def decided_by(self, person):
        """What was asked of `person`, or of somebody who named them to decide. Raises `NobodyAsked` without one."""
        asked = self.in_hands_of(known(person), person.email).filter(asked_at__isnull=False)
        return asked if person.is_verified else asked.none()

    def lock_those_of(self, person, email):
        """Hold all that `person` decides about, or will once they prove `email`: consents before people."""
        theirs = self.in_hands_of(person, email).order_by("pk")
        list(theirs.select_for_update(no_key=True).values_list("pk"))

    def draft(self, *, name, email, by, at, how_they_know="", form_key=None):
        """A consent that is not asked for yet: nobody is told before `send`. The same `form_key` gives the same one."""
        email = canonical(email)
        consent, _made = self._make(
            by, form_key, name=name, email=email, owner=proven(email), how_they_know=how_they_know
        )
        return consent

    def ask(self, *, name, email, by, at, how_they_know="", form_key=None):
        """Ask the person behind `email`, by mail, whether others may ask for them. Raises as `Consent.send`.

        The same `form_key` from the same person asks once.
        """
        with transaction.atomic():
            consent = self.draft(
                name=name, email=email, by=by, at=at, how_they_know=how_they_know, form_key=form_key
            )
            consent.send(by=by, at=at)
        return consent

    def record(self, *, name, by, how, note, at, circle=None, form_key=None):
        """Write down the yes of somebody without e-mail: who said it, how and when. It stands at once.

        Raises `LeftInPeace` where somebody of that name has said no here, or reads e-mail and can be asked.
        """
        by.require_verified()
        said = {"recorded_how": how, "recorded_note": note, "agreed_at": at, "agreed_by": by, "asked_at": at}
        require_recordable(name, circle=circle, by=by, at=at)
        with transaction.atomic():
            consent, made = self._make(by, form_key, name=name, **said)
            if made:
                JournalEntry.objects.write("recorded consent", consent, by=by, at=at, circle=circle)
        return consent

    def _make(self, by, form_key, **fields):
        fields = names.fitted(fields)
        consent = self.model(asked_by=by, salt=salt_of(form_key, "consent", by.pk, form_key), **fields)
        return self.get_or_create(
            token_hash=fingerprint(consent.token), defaults={"asked_by": by, "salt": consent.salt, **fields}
        )
