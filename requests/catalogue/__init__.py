"""What can be asked for: a category for each file in `categories`. To add one, add a file, and migrate."""

from django.db import models

from . import categories
from .spec import Doorstep, Reach, RequestKind

__all__ = ["HABITS", "QUIET", "Category", "Doorstep", "Reach", "RequestKind", "categories_of"]

# Read once, when the app is loaded.
ENTRIES = categories.entries()

# One specific thing to ask for.
Category = models.TextChoices(
    "Category", [(entry.value.upper(), (entry.value, entry.label)) for entry in ENTRIES]
)
# What usually goes with a category, by the category.
HABITS = {Category(entry.value): entry for entry in ENTRIES}
# What may be asked without saying one's name; the database holds it as well.
QUIET = [category for category, entry in HABITS.items() if entry.may_be_quiet]


def categories_of(kind):
    """The categories of one kind, in the order in which they are offered."""
    return [category for category, entry in HABITS.items() if entry.kind == kind]
