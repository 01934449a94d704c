"""What is needed and who does it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    """Loads mails and sweeps, and ends what must end when a membership does or two people part."""

    name = "requests"
    verbose_name = _("Help requests")

    def ready(self):
        """Register this room's mail kinds, sweeps and what it does when `circles` tells of a change."""
        from circles import hooks

        from . import mails  # noqa: F401  (registered by being imported)
        from .models import Claim
        from .reactions import report_subjects  # noqa: F401  (registered by being imported)
        from .reactions.circle_archived import effect_of_archive, end_with_circle
        from .reactions.consent_changed import open_or_hide
        from .reactions.membership_changed import doubts_about, follow_memberships
        from .reactions.membership_ended import end_with_membership
        from .reactions.people_blocked import free_promises_between
        from .reactions.zone_changed import effect_on_series, move_series_along
        from .sweeps import offers, standbys, waves  # noqa: F401  (registered by being imported)

        hooks.membership_ended.append(end_with_membership)
        hooks.memberships_changed.append(follow_memberships)
        hooks.decisions_about.append(doubts_about)
        hooks.clock_changed.append(Claim.objects.keep_time_with)
        hooks.two_parted.append(free_promises_between)
        hooks.consent_changed.append(open_or_hide)
        hooks.circle_zone_changed.append(move_series_along)
        hooks.circle_zone_effects.append(effect_on_series)
        hooks.circle_put_away.append(end_with_circle)
        hooks.putting_away_effects.append(effect_of_archive)
