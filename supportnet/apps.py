"""The house itself, as Django knows it."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Registers the checks of the whole installation."""

    name = "supportnet"
    label = "house"
    verbose_name = "SupportNet"

    def ready(self):
        """Importing the checks registers them."""
        from . import checks  # noqa: F401
