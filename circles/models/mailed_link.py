"""A link that is mailed to an address and belongs to whoever proves it: consents, and invitations by name.

Once somebody has shown that the address is theirs, the link is theirs, and goes with them to any later address. When
they change it the link is made new: what lies in the old mailbox leads nowhere, and says nothing.
"""

import hashlib
import secrets

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from .person import Person


def fingerprint(token):
    """What is stored of a token: its SHA-256 in hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_salt():
    """32 characters that nobody can guess."""
    return secrets.token_hex(16)


def salt_of(form_key, *said):
    """The same for the same form and what it `said`, so that a double click makes one; without a form a new one."""
    if not form_key:
        return new_salt()
    return hashlib.sha256(":".join(str(part) for part in said).encode()).hexdigest()[:32]


class AddressedQuerySet(models.QuerySet):
    """Links by whose they are; `FIELDS` are pairs of (whose, address) columns."""

    FIELDS = (("owner", "email"),)

    def hand_over_to(self, person):
        """What was mailed to the proven address of `person` is theirs from now on."""
        for whose, address in self.FIELDS:
            self.filter(**{f"{whose}__isnull": True, address: person.email}).update(**{whose: person})

    def in_hands_of(self, person, email):
        """Whatever belongs to `person`, or will once they prove `email`."""
        theirs = Q()
        for whose, address in self.FIELDS:
            theirs |= Q(**{whose: person}) | Q(**{f"{whose}__isnull": True, address: email})
        return self.filter(theirs)

    def renew_links(self):
        """Make each link new, so that the one that was mailed leads nowhere."""
        for row in self:
            row.salt = new_salt()
            row.token_hash = fingerprint(row.token)
            row.save(update_fields=["salt", "token_hash"])


class Addressed:
    """The part of a model with `salt`, `email` and `owner` that makes its link and knows where its owner is reached."""

    @property
    def token(self):
        """The secret part of the link, 32 characters; derived, never stored."""
        return salted_hmac(f"circles.{type(self).__name__}", self.salt, algorithm="sha256").hexdigest()[:32]

    @property
    def reached_at(self):
        """The address to which a code or a mail goes now: the owner's own, once there is one."""
        return self.owner.email if self.owner_id else self.email

    def reader(self, email, owner):
        """Whom a notice goes to: the person, if there is one by now, else the address as it was typed.

        Whoever typed the address at the door and never proved it is still a stranger to us.
        """
        return owner or proven(email) or email


def proven(email):
    """The person who has shown that `email` is theirs, or None."""
    return email and Person.objects.filter(email=email, verified_at__isnull=False).first()
