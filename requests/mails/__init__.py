"""The mails of this room: what people are told about requests and promises.

No mail holds an address, a title or anything else that says what somebody suffers from: such things stand
on the page that the mail leads to. Subjects say when and for whom, never what.
"""

from .answers import RequestAnswered
from .changes import SlotCancelled, SlotChanged
from .claim_ends import ClaimDeclined, ClaimReleased, GivenBack
from .claims import CallHelper, ClaimConfirmed, ClaimLate, RequestClaimed
from .consent import AgreedWordsChanged, ConsentAnswered
from .cover import CoverFound, CoverTaken, CoverWanted, PlanB
from .offers import OfferPassed, OfferWaits
from .reminders import Afterwards, Reminder, ReminderSoon, SayThanks
from .standbys import StandbyAsked, StandbyThanked
from .thanks import ThanksGiven
from .waves import AskedByName, WaveOpened

__all__ = [
    "Afterwards",
    "AgreedWordsChanged",
    "AskedByName",
    "CallHelper",
    "ClaimConfirmed",
    "ClaimDeclined",
    "ClaimLate",
    "ClaimReleased",
    "ConsentAnswered",
    "CoverFound",
    "CoverTaken",
    "CoverWanted",
    "GivenBack",
    "OfferPassed",
    "OfferWaits",
    "PlanB",
    "Reminder",
    "ReminderSoon",
    "RequestAnswered",
    "RequestClaimed",
    "SayThanks",
    "SlotCancelled",
    "SlotChanged",
    "StandbyAsked",
    "StandbyThanked",
    "ThanksGiven",
    "WaveOpened",
]
