"""How much fits: what people write, and the numbers they choose, in the forms as in the database."""

import re

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import CharField, TextField

from requests.models import Claim, Series, Slot

pytestmark = pytest.mark.anywhere
# So many characters were always taken; whoever wrote them once must be able to save them again.
FITS = {
    "HelpRequest": {
        "title": 120,
        "would_help": 2000,
        "would_not_help": 1000,
        "how_done": 200,
        "tags": 200,
        "area": 80,
        "address": 200,
        "way_in": 200,
        "phone": 40,
        "medical_note": 300,
        "children": 200,
        "away": 200,
        "plan_b": 300,
        "close_reason": 200,
        "cancel_reason": 200,
    },
    "Slot": {"cancel_reason": 200, "changed_because": 200},
    "Claim": {"bringing": 200, "note": 500, "release_note": 200},
    "Thanks": {"text": 500},
    "Answer": {"text": 4000},
}
NUMBERS = [
    *[(Claim, "party_size", 1, 20), (Claim, "late_minutes", 1, 600), (Claim, "portions", 1, 100)],
    *[(Series, "minutes", 1, 1440), (Series, "every", 1, 12), (Series, "month_day", 1, 31)],
    *[(Series, "count", 1, 366), (Series, "capacity", 1, 500), (Slot, "capacity", 1, 500)],
]
HELD = re.compile(r"_has_at_most_(\d+)_characters")


def written(model):
    """The fields in which somebody writes."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, CharField | TextField)]
    return [field for field in fields if field.editable and not field.choices and field.max_length]


def test_as_much_fits_as_always():
    found = {
        model.__name__: {field.name: field.max_length for field in written(model)}
        for model in apps.get_app_config("requests").get_models()
    }

    assert {name: found[name] for name in FITS} == FITS


def test_the_database_holds_as_much_as_the_forms_take():
    held = {
        (model.__name__, constraint.name): int(number[1])
        for model in apps.get_app_config("requests").get_models()
        for constraint in model._meta.constraints
        if (number := HELD.search(constraint.name))
    }

    wrong = [
        (model, name)
        for (model, name), number in held.items()
        if not any(
            f"_{field}_has_at_most_{number}_" in name for field, most in FITS[model].items() if most == number
        )
    ]

    assert held and wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field", "lowest", "highest"), NUMBERS)
def test_numbers_go_from_the_lowest_to_the_highest_and_no_further(model, field, lowest, highest):
    name = f"{model._meta.verbose_name}_{field}_lies_between"
    between = next(one for one in model._meta.constraints if one.name.startswith(name))

    for number in (lowest, highest, None):
        between.validate(model, model(**{field: number}))
    for number in (lowest - 1, highest + 1):
        with pytest.raises(ValidationError):
            between.validate(model, model(**{field: number}))


def test_a_time_has_room_for_one_helper_and_nobody_has_come_yet():
    slot, claim = Slot(), Claim()

    assert (slot.capacity, slot.taken, slot.covering, slot.sequence) == (1, 0, 0, 0)
    assert (claim.party_size, Series().capacity, Series().every) == (1, 1, 1)
