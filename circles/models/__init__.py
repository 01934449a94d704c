"""People and whom they trust: Person, Circle, Membership, Invitation and the journal."""

from .address_change import AddressChange, TooLateToTakeBack, change_email
from .application import Application
from .archive import PutAway
from .block import Block, BlockedOften
from .choices import CircleKind, JoinRule
from .circle import Circle
from .consent import Consent, HowSaid
from .consent_answers import NotTheirs, TheirsToSay
from .exceptions import (
    AskedLately,
    InvitationExpired,
    InvitationLapsed,
    InvitationRevoked,
    InvitationUnusable,
    InvitationUsedUp,
    LastKeeper,
)
from .invitation import Invitation
from .journal import JournalEntry
from .membership import Hears, Membership, Ring, Role
from .person import AddressTaken, NobodyAsked, NotVerified, Person, Tell
from .phone_member import HasAnAccount
from .refusal import LeftInPeace, Refusal
from .report import AboutOneself, Report
from .sent_form import SentForm
from .sign_in_code import SignInCode, TooManyMails
from .struck_fields import StruckOut
from .ways_in import ByInvitationOnly

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
    "SentForm",
    "SignInCode",
    "StruckOut",
    "Tell",
    "TheirsToSay",
    "TooLateToTakeBack",
    "TooManyMails",
    "change_email",
]
