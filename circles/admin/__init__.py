"""The pages of people and circles: on the organizers' panel, and on the staff's admin."""

from . import circles, invitations, journal, memberships, notices, reports, staff, today

__all__ = ["circles", "invitations", "journal", "memberships", "notices", "reports", "staff", "today"]
