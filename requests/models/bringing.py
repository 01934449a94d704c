"""What somebody promises besides coming: what they bring, for how many, how many come, and a line to whoever asks."""

from dataclasses import asdict, dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from supportnet.notices.text_direction import typed

# More than so many are no party any more.
MOST_TOGETHER = 20


class Dish(models.TextChoices):
    """What kind of dish somebody brings; so that it is not the third of its kind in a week."""

    SOUP = "soup", _("Soup or stew")
    PASTA = "pasta", _("Pasta")
    RICE = "rice", _("Rice or curry")
    BAKE = "bake", _("Bake or casserole")
    MEAT = "meat", _("Meat")
    FISH = "fish", _("Fish")
    VEGETABLES = "vegetables", _("Vegetables or salad")
    BREAD = "bread", _("Bread or pizza")
    BREAKFAST = "breakfast", _("Breakfast")
    SWEET = "sweet", _("Something sweet")
    VOUCHER = "voucher", _("Take-away or voucher")
    OTHER = "other", _("Something else")


@dataclass(frozen=True)
class Bringing:
    """What a helper says with a promise. `party_size` counts themselves."""

    bringing: str = ""
    note: str = ""
    dish: str = ""
    portions: int | None = None
    party_size: int = 1

    @classmethod
    def of(cls, claim):
        """What was said with `claim`."""
        return cls(**{name: getattr(claim, name) for name in cls.__dataclass_fields__})

    def put_on(self, claim):
        """Let `claim` say it; the caller saves."""
        for name, value in asdict(self).items():
            setattr(claim, name, value)


def with_company(name, party_size):
    """ "Bo and 2 more", of three who come together."""
    if party_size == 1:
        return name
    words = ngettext("%(name)s and %(number)d more", "%(name)s and %(number)d more", party_size - 1)
    return words % {**typed(name=name), "number": party_size - 1}
