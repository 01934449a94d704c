"""The pages of people and circles: on the organizers' panel, and on the staff's admin."""

from . import concerns, kept, reports, staff

__all__ = ["concerns", "kept", "reports", "staff"]
