"""What is needed and who does it: HelpRequest, Wave, Series, Slot, Claim, Answer, Thanks."""

from .answer import Answer
from .claim import Claim, Dish, SlotAhead, Thanks
from .consented import NoConsent
from .help_request import (
    EditedMeanwhile,
    HelpRequest,
    Importance,
    NotOpen,
    Timing,
    Wanted,
)
from .not_this_time import NotThisTime
from .series import Series, ShortMonth
from .slot import (
    Clash,
    NotChecked,
    OutOfSight,
    OwnRequest,
    RequestClosed,
    Slot,
    SlotCancelled,
    SlotHoldsMore,
    SlotOver,
    SlotTaken,
    SlotUnavailable,
)
from .standby import Standby, StandbyCall
from .wave import Wave

__all__ = [
    "Answer",
    "Claim",
    "Clash",
    "Dish",
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
    "ShortMonth",
    "Slot",
    "SlotAhead",
    "SlotCancelled",
    "SlotHoldsMore",
    "SlotOver",
    "SlotTaken",
    "SlotUnavailable",
    "Standby",
    "StandbyCall",
    "Thanks",
    "Timing",
    "Wanted",
    "Wave",
]
