"""What can be asked for: a category for each file in `categories`. To add one, add a file, and migrate."""

from django.db import models

from . import categories
from .spec import Doorstep, Reach, RequestKind

__all__ = ["HABITS", "QUIET", "Category", "Doorstep", "Reach", "RequestKind", "categories_of"]

# Read once, at import: the constraints of the models are made of what is found.
ENTRIES = categories.entries()

# One specific thing to ask for. Another file in `categories` is another one, and wants a migration.
Category = models.TextChoices(
    "Category", [(entry.value.upper(), (entry.value, entry.label)) for entry in ENTRIES]
)
# What each category says of itself; `categories_of` keeps this order.
HABITS = {Category(entry.value): entry for entry in ENTRIES}
# What may be asked without saying one's name; `help_request_may_be_asked_quietly` holds it in the database.
QUIET = [category for category, entry in HABITS.items() if entry.may_be_quiet]


def categories_of(kind):
    """The categories of one kind, in the order in which they are offered."""
    return [category for category, entry in HABITS.items() if entry.kind == kind]
