"""Limits that the database keeps as well: lengths, choices and ranges, named as sentences."""

from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual


def at_most(length, field, *, model):
    """A constraint: `field` of `model` holds at most `length` characters, on SQLite as on PostgreSQL."""
    return CheckConstraint(
        condition=LessThanOrEqual(Length(F(field)), length),
        name=f"{model}_{field}_has_at_most_{length}_characters",
    )


def one_of(choices, field, *, model):
    """A constraint: `field` of `model` holds one of the values of `choices` (a Django Choices class)."""
    return CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}),
        name=f"{model}_{field}_is_known",
    )


def between(low, high, field, *, model):
    """A constraint: the number in `field` of `model` lies from `low` to `high`, or is not given."""
    return CheckConstraint(
        condition=Q(**{f"{field}__gte": low, f"{field}__lte": high}) | Q(**{f"{field}__isnull": True}),
        name=f"{model}_{field}_lies_between_{low}_and_{high}",
    )
