"""Strings in, values out, and words about what is wrong with them. Forms change nothing."""

from .ask import ASKS, DRAFTS, as_drafted, blank
from .circle_change import MoveForm
from .claim import (
    AnswerForm,
    BringingForm,
    ClaimForm,
    HappenedForm,
    LateForm,
    ReasonForm,
    ReleaseForm,
    StandbyForm,
    ThanksForm,
)
from .daily_wishes import DoorstepForm, WishesForm
from .edit import EDITS
from .helping import HelpingForm
from .more_people import MoreForm
from .person_search import NameForm
from .series_days import DaysForm, ExtendForm
from .several_slots import SeveralForm
from .sign_up import GiveBackForm, SignUpForm
from .time_changes import CallOffForm, ChangeForm
from .times import TimeForm, times_of, words_about

__all__ = [
    "ASKS",
    "DRAFTS",
    "AnswerForm",
    "CallOffForm",
    "ChangeForm",
    "ClaimForm",
    "DaysForm",
    "DoorstepForm",
    "EDITS",
    "ExtendForm",
    "GiveBackForm",
    "HappenedForm",
    "HelpingForm",
    "LateForm",
    "MoveForm",
    "MoreForm",
    "NameForm",
    "ReasonForm",
    "ReleaseForm",
    "SeveralForm",
    "SignUpForm",
    "StandbyForm",
    "ThanksForm",
    "TimeForm",
    "BringingForm",
    "WishesForm",
    "as_drafted",
    "blank",
    "times_of",
    "words_about",
]
