"""People and whom they trust: Person, Circle, Membership, Invitation and the journal."""

from .application import Application
from .block import Block
from .by_phone import HasAnAccount
from .circle import ByInvitationOnly, Circle, CircleKind, JoinRule
from .consent import Consent, HowSaid, TheirsToSay
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
from .report import AboutOneself, Report
from .struck import StruckOut

__all__ = [
    "AboutOneself",
    "Application",
    "AskedLately",
    "Block",
    "ByInvitationOnly",
    "Circle",
    "CircleKind",
    "Consent",
    "HasAnAccount",
    "Hears",
    "HowSaid",
    "Invitation",
    "InvitationExpired",
    "InvitationRevoked",
    "InvitationUnusable",
    "InvitationUsedUp",
    "JoinRule",
    "JournalEntry",
    "LastKeeper",
    "Membership",
    "NobodyAsked",
    "NotVerified",
    "Person",
    "Report",
    "Ring",
    "Role",
    "StruckOut",
    "Tell",
    "TheirsToSay",
]
