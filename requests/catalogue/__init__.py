"""What can be asked for: a category for each file in `categories`. To add one, add a file, and migrate."""

from django.db import models

from . import categories
from .spec import Doorstep, Reach, RequestKind

__all__ = ["HABITS", "QUIET", "Category", "Doorstep", "Reach", "RequestKind", "categories_of"]

ENTRIES = categories.entries()

# One specific thing to ask for.
Category = models.TextChoices(
    "Category", [(entry.value.upper(), (entry.value, entry.label)) for entry in ENTRIES]
)
HABITS = {Category(entry.value): entry for entry in ENTRIES}
QUIET = [category for category, entry in HABITS.items() if entry.may_be_quiet]


def categories_of(kind):
    """The categories of one kind, in the order in which they are offered."""
    return [category for category, entry in HABITS.items() if entry.kind == kind]
