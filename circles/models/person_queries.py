"""How people come to have an account, and how they are found."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import BaseUserManager
from django.db import transaction
from django.utils import timezone

from .. import names
from ..addresses import canonical


class PersonManager(BaseUserManager):
    """Makes people; addresses are kept in lower case, so that one address is one person."""

    def create_user(self, email, password=None, **fields):
        """Create a person. Without a password they sign in by mailed code only."""
        person = self.model(email=canonical(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email, password=None, **fields):
        """Create somebody of the operator's staff, verified and past the first-time page."""
        now = timezone.now()
        return self.create_user(
            email,
            password,
            is_staff=True,
            is_superuser=True,
            verified_at=now,
            welcomed_at=now,
            **fields,
        )

    def get_by_natural_key(self, email):
        """The person with this address, however it is capitalised."""
        return self.get(email=canonical(email))

    def add_by_phone(self, *, name, phone, **fields):
        """Somebody without an address, for whom a keeper vouches. See `Circle.add_without_email`."""
        person = self.model(email=None, name=names.fit(name), phone=phone, **fields)
        person.set_unusable_password()
        person.save(using=self._db)
        return person

    def get_or_enter(self, email):
        """The person with this address, made on the spot if need be: one door for old and new people.

        The address counts as theirs only once the mailed code came back (`Person.verify`).
        """
        with transaction.atomic():
            person, made = self.get_or_create(email=canonical(email))
            if made:
                person.set_unusable_password()
                person.save(update_fields=["password"])
            EmailAddress.objects.get_or_create(user=person, email=person.email, defaults={"primary": True})
        return person
