"""People and whom they trust."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CirclesConfig(AppConfig):
    """Loads the mails and sweeps of this room once the models stand."""

    name = "circles"
    verbose_name = _("People and circles")

    def ready(self):
        """Make the mail kinds of this room known to the outbox, its sweeps to the clock, and what nobody sees."""
        from supportnet.notices import page

        from . import circle_consent_rows, hooks, links_by_address, sweeps  # noqa: F401  (they register themselves)
        from .mails import accounts, archive, checks, consent, invitations, memberships, reports  # noqa: F401  (they register themselves)
        from .mails.guard_blocks import unseen_lines
        from .mails.guard_consent import not_agreed_lines

        hooks.address_proven.append(links_by_address.hand_over)
        hooks.email_changed.append(links_by_address.follow)
        page.hides += [unseen_lines, not_agreed_lines]
