"""Strings in, values out, and words about what is wrong with them. Forms change nothing."""

from .ask import ASKS, DRAFTS, as_drafted, blank
from .edit import EDITS
from .helping import HelpingForm
from .more import MoreForm
from .move import MoveForm
from .name import NameForm
from .promise import (
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
from .series import DaysForm, ExtendForm
from .several import SeveralForm
from .signing_up import GiveBackForm, SignUpForm
from .times import CallOffForm, ChangeForm, TimeForm, times_of, words_about
from .wishes import DoorstepForm, WishesForm

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
