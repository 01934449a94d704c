"""The organizers' admin site and what its pages are made of."""

from .filters import Kept, Standing
from .queries import Exact
from .scoped import NotFound, Scoped
from .seen import Seen, changed_since, stamp_of
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
    "Seen",
    "StaffSite",
    "Standing",
    "Verb",
    "VerbForm",
    "changed_since",
    "organizers",
    "stamp_of",
]
