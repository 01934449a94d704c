"""Forms turn strings into values and speak about them; the verbs of the models act."""

from .circle import CircleForm, StartForm
from .consent import DelegateForm, ForSomebody, RecordForm
from .invitation import InviteForm, LinkForm
from .joining import JoinForm, SearchForm
from .members import CheckForm
from .phone_member import ByPhoneForm
from .profile import HearsForm, MeForm, WelcomeForm
from .sign_in import CodeForm, NewAddressCodeForm, NewAddressForm, ReauthenticationCodeForm, SignInForm

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
