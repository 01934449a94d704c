"""Forms turn strings into values and speak about them; the verbs of the models act."""

from .by_phone import ByPhoneForm
from .circle import CircleForm, StartForm
from .consent import DelegateForm, ForSomebody, RecordForm
from .door import CodeForm, NewAddressCodeForm, NewAddressForm, ReauthenticationCodeForm, SignInForm
from .invitation import InviteForm, LinkForm
from .joining import JoinForm, SearchForm
from .me import HearsForm, MeForm, WelcomeForm
from .members import CheckForm

__all__ = [
    "ByPhoneForm",
    "CheckForm",
    "CircleForm",
    "CodeForm",
    "DelegateForm",
    "ForSomebody",
    "HearsForm",
    "InviteForm",
    "JoinForm",
    "LinkForm",
    "MeForm",
    "NewAddressCodeForm",
    "NewAddressForm",
    "ReauthenticationCodeForm",
    "RecordForm",
    "SearchForm",
    "SignInForm",
    "StartForm",
    "WelcomeForm",
]
