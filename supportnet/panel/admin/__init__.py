"""The organizers' admin site and what its pages are made of."""

from .filters import Kept, Standing, refuse_nul
from .scoped import NotFound, Scoped
from .site import OrganizerSite, organizers
from .today import Concern, Section
from .verbs import Verb, VerbForm

__all__ = [
    "Concern",
    "Kept",
    "NotFound",
    "OrganizerSite",
    "Scoped",
    "Section",
    "Standing",
    "Verb",
    "VerbForm",
    "organizers",
    "refuse_nul",
]
