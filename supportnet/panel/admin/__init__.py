"""The organizers' admin site and what its pages are made of."""

from .filters import Kept, Standing
from .queries import Exact
from .scoped import NotFound, Scoped
from .site import OrganizerSite, StaffSite, organizers
from .today import Concern, Section
from .verbs import Verb, VerbForm

__all__ = [
    "Concern",
    "Exact",
    "Kept",
    "NotFound",
    "OrganizerSite",
    "Scoped",
    "Section",
    "StaffSite",
    "Standing",
    "Verb",
    "VerbForm",
    "organizers",
]
