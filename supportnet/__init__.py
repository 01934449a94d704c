"""The house: settings, urls, celery, checks, middleware and commands."""

from .celery import app as celery_app

__all__ = ["celery_app"]
