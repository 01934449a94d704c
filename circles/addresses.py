"""One mailbox, one spelling: what is pasted with marks that nobody sees is the same address."""

import unicodedata

UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}  # controls, joiners and soft hyphens, blanks


def canonical(email):
    """`email` in the one form in which we keep and compare addresses: full-width signs made plain, in lower case."""
    plain = unicodedata.normalize("NFKC", email)
    return "".join(sign for sign in plain if unicodedata.category(sign) not in UNSEEN).lower()


def masked(email):
    """ "m•••@example.org": enough to recognise one's own address, too little to learn another's."""
    name, _at, host = email.rpartition("@")
    return f"{name[:1]}•••@{host}"
