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
from .times import SeriesForm, TimeForm, times_of, words_about

__all__ = [
    "ASKS",
    "AnswerForm",
    "ClaimForm",
    "EDITS",
    "HappenedForm",
    "LateForm",
    "MoveForm",
    "PromiseForm",
    "ReasonForm",
    "ReleaseForm",
    "SeriesForm",
    "ThanksForm",
    "TimeForm",
    "as_drafted",
    "blank",
    "times_of",
    "words_about",
]
