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

        from . import hooks, mailed_to, mails, mails_about_addresses, mails_about_reports, sweeps  # noqa: F401  (they register themselves)
        from .only_agreed import not_agreed_lines
        from .unseen import unseen_lines

        hooks.address_proven.append(mailed_to.hand_over)
        hooks.email_changed.append(mailed_to.follow)
        page.hides += [unseen_lines, not_agreed_lines]
