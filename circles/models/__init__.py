"""People and whom they trust: Person, Circle, Membership, Invitation and the journal."""

from .circle import Circle, CircleKind
from .invitation import (
    Invitation,
    InvitationExpired,
    InvitationRevoked,
    InvitationUnusable,
    InvitationUsedUp,
)
from .journal import JournalEntry
from .membership import AskedLately, Hears, LastKeeper, Membership, Ring, Role
from .person import NobodyAsked, NotVerified, Person, Tell

__all__ = [
    "AskedLately",
    "Circle",
    "CircleKind",
    "Hears",
    "Invitation",
    "InvitationExpired",
    "InvitationRevoked",
    "InvitationUnusable",
    "InvitationUsedUp",
    "JournalEntry",
    "LastKeeper",
    "Membership",
    "NobodyAsked",
    "NotVerified",
    "Person",
    "Ring",
    "Role",
    "Tell",
]
