"""People and whom they trust."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CirclesConfig(AppConfig):
    """Loads the mails and sweeps of this room once the models stand."""

    name = "circles"
    verbose_name = _("People and circles")

    def ready(self):
        """Make the mail kinds of this room known to the outbox, its sweeps to the clock, and whom nobody sees."""
        from supportnet.notices import page

        from . import mails, mails_about_reports, sweeps  # noqa: F401  (they register by being imported)
        from .unseen import unseen_lines

        page.hides.append(unseen_lines)
