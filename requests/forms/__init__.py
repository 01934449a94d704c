"""Strings in, values out, and words about what is wrong with them. Forms change nothing."""

from .ask import ASKS, as_drafted, blank
from .edit import EDITS
from .move import MoveForm
from .promise import (
    AnswerForm,
    ClaimForm,
    HappenedForm,
    LateForm,
    PromiseForm,
    ReasonForm,
    ReleaseForm,
    ThanksForm,
)
from .several import SeveralForm
from .times import CallOffForm, ChangeForm, ExtendForm, TimeForm, times_of, words_about

__all__ = [
    "ASKS",
    "AnswerForm",
    "CallOffForm",
    "ChangeForm",
    "ClaimForm",
    "EDITS",
    "ExtendForm",
    "HappenedForm",
    "LateForm",
    "MoveForm",
    "PromiseForm",
    "ReasonForm",
    "ReleaseForm",
    "ThanksForm",
    "TimeForm",
    "as_drafted",
    "blank",
    "times_of",
    "words_about",
]
