"""The pages of requests, slots and promises on the organizers' panel."""

from . import claims, concerns, help_requests, slots

__all__ = ["claims", "concerns", "help_requests", "slots"]
