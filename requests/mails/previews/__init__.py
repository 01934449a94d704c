"""Small stories about requests and promises, for the previews of mails."""

from . import asking, claims, cover  # noqa: F401  (each registers its stories)
