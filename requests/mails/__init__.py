"""The mails of this room: what people are told about requests and promises.

No mail holds an address, a title or anything else that says what somebody suffers from: such things stand
on the page that the mail leads to. Subjects say when and for whom, never what.
"""

from .changes import SlotCancelled, SlotChanged
from .consent import AgreedWordsChanged, ConsentAnswered
from .cover import CoverFound, CoverTaken, CoverWanted, PlanB, StandbyAsked, StandbyThanked
from .offers import OfferPassed, OfferWaits
from .promises import (
    CallHelper,
    ClaimConfirmed,
    ClaimDeclined,
    ClaimLate,
    ClaimReleased,
    GivenBack,
    RequestClaimed,
)
from .reminders import Afterwards, Reminder, ReminderSoon, SayThanks
from .requests import AskedByName, RequestAnswered, WaveOpened
from .thanks import ThanksGiven

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
