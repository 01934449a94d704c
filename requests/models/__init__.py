"""What is needed and who does it: HelpRequest, Wave, Series, Slot, Claim, Answer, Thanks."""

from .answer import Answer
from .asking_for_another import NoConsent
from .bringing import Bringing, Dish
from .choices import Importance, Timing, Wanted
from .claim import Claim
from .editing import EditedMeanwhile
from .exceptions import (
    CheckEndsBefore,
    Clash,
    NotChecked,
    OutOfSight,
    OwnRequest,
    RequestClosed,
    SlotAhead,
    SlotCancelled,
    SlotHoldsMore,
    SlotMoved,
    SlotOver,
    SlotTaken,
    SlotUnavailable,
    TooFewPlaces,
)
from .help_request import HelpRequest, NotOpen
from .not_this_time import NotThisTime
from .series import Series, ShortMonth
from .series_days import DaysChangedMeanwhile
from .slot import Slot
from .standby import Standby
from .standby_calls import StandbyCall
from .thanks import Thanks
from .wave import Wave

__all__ = [
    "Answer",
    "Bringing",
    "CheckEndsBefore",
    "Claim",
    "Clash",
    "DaysChangedMeanwhile",
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
    "SlotMoved",
    "SlotOver",
    "SlotTaken",
    "SlotUnavailable",
    "Standby",
    "StandbyCall",
    "Thanks",
    "Timing",
    "TooFewPlaces",
    "Wanted",
    "Wave",
]
