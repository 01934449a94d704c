"""People and whom they trust."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CirclesConfig(AppConfig):
    """Loads the mails of this room once the models stand."""

    name = "circles"
    verbose_name = _("People and circles")

    def ready(self):
        """Make the mail kinds of this room known to the outbox."""
        from . import mails  # noqa: F401  (registers its kinds by being imported)
