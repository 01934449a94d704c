"""Time zones by name, also by a name that was taken out of the tz database since it was chosen."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings


@lru_cache(1024)
def zone_named(name):
    """The `ZoneInfo` called `name`; the installation's own where nobody knows that name any more."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)
