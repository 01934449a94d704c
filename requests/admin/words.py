"""Times in plain words for the panel, and clashes that name only what the keeper may see."""

from contextlib import contextmanager

from django.utils.text import capfirst

from circles.time_text import when
from requests.models import (
    Clash,
)

from ..pages.clashes import seen_of


def time_of(slot, *, at):
    """The slot's time in its circle's zone."""
    return capfirst(when(slot.starts_at, slot.ends_at, zone=slot.help_request.zone, at=at))


@contextmanager
def kept_private(*, by, at):
    """A clash names only what the keeper `by` may see."""
    try:
        yield
    except Clash as clash:
        raise Clash(seen_of(clash.claims, by, at=at)) from None
