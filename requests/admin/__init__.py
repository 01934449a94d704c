"""The pages of requests, slots and promises on the organizers' panel."""

from . import claims, help_requests, slots, today

__all__ = ["claims", "today", "help_requests", "slots"]
