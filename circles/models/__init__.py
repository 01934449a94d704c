"""People and whom they trust: Person, Circle, Membership, Invitation and the journal."""

from .address_change import AddressChange, TooLateToTakeBack, change_email
from .application import Application
from .archive import PutAway
from .block import Block, BlockedOften
from .by_phone import HasAnAccount
from .circle import ByInvitationOnly, Circle, CircleKind, JoinRule
from .consent import Consent, HowSaid
from .consent_answers import NotTheirs, TheirsToSay
from .invitation import (
    Invitation,
    InvitationExpired,
    InvitationLapsed,
    InvitationRevoked,
    InvitationUnusable,
    InvitationUsedUp,
)
from .journal import JournalEntry
from .membership import AskedLately, Hears, LastKeeper, Membership, Ring, Role
from .person import AddressTaken, NobodyAsked, NotVerified, Person, Tell
from .refusal import LeftInPeace, Refusal
from .report import AboutOneself, Report
from .sign_in_code import SignInCode, TooManyMails
from .struck import StruckOut

__all__ = [
    "AboutOneself",
    "AddressChange",
    "AddressTaken",
    "Application",
    "AskedLately",
    "Block",
    "BlockedOften",
    "ByInvitationOnly",
    "Circle",
    "CircleKind",
    "Consent",
    "HasAnAccount",
    "Hears",
    "HowSaid",
    "Invitation",
    "InvitationExpired",
    "InvitationLapsed",
    "InvitationRevoked",
    "InvitationUnusable",
    "InvitationUsedUp",
    "JoinRule",
    "JournalEntry",
    "LastKeeper",
    "LeftInPeace",
    "Membership",
    "NobodyAsked",
    "NotTheirs",
    "NotVerified",
    "Person",
    "PutAway",
    "Refusal",
    "Report",
    "Ring",
    "Role",
    "SignInCode",
    "StruckOut",
    "Tell",
    "TheirsToSay",
    "TooLateToTakeBack",
    "TooManyMails",
    "change_email",
]
