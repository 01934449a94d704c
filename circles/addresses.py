"""One mailbox, one spelling: what is pasted with marks that nobody sees is the same address.

Every form takes addresses by `AddressField`, every model of ours keeps and looks them up by `AddressColumn`.
"""

import re
import unicodedata

from django import forms
from django.db import models

from .names import BLANK, TEXT_OR_EMOJI

UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}  # controls, joiners and soft hyphens, blanks
# The longest label of a host, in octets (RFC 1035, 2.3.4); punycode takes long over much more.
LONGEST_LABEL = 63
DOTS = re.compile("[.\u3002]")  # NFKC leaves the ideographic full stop; a host may hold it (RFC 3490, 3.1)


def canonical(email):
    """`email` in the one form in which we keep and compare addresses.

    Full-width signs are made plain, letters small, and what cannot be seen goes. A host of other than Latin letters
    stands as mail servers know it (RFC 5891: "xn--…"), without the dot that may end it.
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", email) if not _is_unseen(sign))
    name, at, host = unicodedata.normalize("NFKC", plain.lower()).rpartition("@")
    labels = DOTS.split(host)
    return name + at + ".".join(map(_in_ascii, labels[:-1] if len(labels) > 1 and not labels[-1] else labels))


def _is_unseen(sign):
    return unicodedata.category(sign) in UNSEEN or sign in BLANK or sign in TEXT_OR_EMOJI


def _in_ascii(label):
    """What is longer than any label is none, and would take long."""
    if label.isascii() or len(label) > LONGEST_LABEL:
        return label
    return f"xn--{label.encode('punycode').decode()}"


def masked(email):
    """ "m•••@example.org": enough to recognise one's own address, too little to learn another's."""
    name, _at, host = email.rpartition("@")
    return f"{name[:1]}•••@{host}"


class AddressField(forms.EmailField):
    """An address as somebody types or pastes it."""

    def to_python(self, value):
        """Without the marks that come along when one pastes."""
        return canonical(super().to_python(value))


class AddressColumn(models.EmailField):
    """An address, kept and looked up in its canonical form alone, whoever writes it."""

    def deconstruct(self):
        """For the database it is what Django makes of an `EmailField`."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs

    def to_python(self, value):
        """As `canonical`."""
        value = super().to_python(value)
        return canonical(value) if value else value

    def get_prep_value(self, value):
        """What is stored or looked for."""
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, instance, add):
        """The object knows the address as the database does."""
        value = self.to_python(super().pre_save(instance, add))
        setattr(instance, self.attname, value)
        return value

    def formfield(self, **kwargs):
        """In the staff's forms as in ours."""
        return super().formfield(**{"form_class": AddressField, **kwargs})
