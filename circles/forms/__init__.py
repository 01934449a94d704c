"""Forms turn strings into values and speak about them; the verbs of the models act."""

from .circle import CircleForm, StartForm
from .door import CodeForm, SignInForm
from .invitation import InviteForm, LinkForm
from .me import HearsForm, MeForm, WelcomeForm

__all__ = [
    "CircleForm",
    "CodeForm",
    "HearsForm",
    "InviteForm",
    "LinkForm",
    "MeForm",
    "SignInForm",
    "StartForm",
    "WelcomeForm",
]
