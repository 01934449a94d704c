"""What is needed and who does it: HelpRequest, Wave, Series, Slot, Claim, Answer, Thanks."""

from .answer import Answer
from .claim import Claim, Thanks
from .help_request import (
    EditedMeanwhile,
    HelpRequest,
    Importance,
    NoConsent,
    NotOpen,
    Timing,
    Wanted,
)
from .not_this_time import NotThisTime
from .slot import (
    Clash,
    NotChecked,
    OutOfSight,
    OwnRequest,
    RequestClosed,
    Series,
    Slot,
    SlotCancelled,
    SlotHoldsMore,
    SlotOver,
    SlotTaken,
    SlotUnavailable,
)
from .wave import Wave

__all__ = [
    "Answer",
    "Claim",
    "Clash",
    "EditedMeanwhile",
    "HelpRequest",
    "Importance",
    "NoConsent",
    "NotChecked",
    "NotOpen",
    "NotThisTime",
    "OutOfSight",
    "OwnRequest",
    "RequestClosed",
    "Series",
    "Slot",
    "SlotCancelled",
    "SlotHoldsMore",
    "SlotOver",
    "SlotTaken",
    "SlotUnavailable",
    "Thanks",
    "Timing",
    "Wanted",
    "Wave",
]
