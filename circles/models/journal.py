"""Who did what, when: rows are added and never changed."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import time_text


class JournalQuerySet(models.QuerySet):
    """Adds rows; refuses to change or delete them."""

    def write(self, verb, subject, *, by, at, circle=None, **details):
        """Note that `by` did `verb` to the model instance `subject` at the UTC time `at`.

        `details` are small facts (ids, old and new times), never text that somebody wrote.
        """
        return self.create(
            circle=circle,
            actor=by,
            verb=verb,
            subject=f"{subject._meta.model_name}:{subject.pk}",
            at=at,
            details=details,
        )

    def about(self, subject):
        """The rows about one object, oldest first."""
        return self.filter(subject=f"{subject._meta.model_name}:{subject.pk}").order_by("at", "pk")

    def update(self, **kwargs):
        """The journal is append-only."""
        raise NotImplementedError("The journal is append-only.")

    def delete(self):
        """The journal is append-only."""
        raise NotImplementedError("The journal is append-only.")


class JournalEntry(models.Model):
    """One thing that somebody did. `subject` is "<model>:<pk>", so that it outlives what it names."""

    circle = models.ForeignKey("circles.Circle", models.PROTECT, null=True, related_name="journal")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(_("what was done"), max_length=40)
    subject = models.CharField(_("to what"), max_length=60, db_index=True)
    at = models.DateTimeField(_("when"))
    details = models.JSONField(default=dict)

    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        indexes = [models.Index(fields=["circle", "-at"], name="journal_of_a_circle")]

    def __str__(self):
        return f"{self.verb} {self.subject}"

    @property
    def before_and_after(self):
        """(what was, what is) of a change of time, days or room, in words and in the active time zone; else ()."""
        if "old_starts_at" in self.details:
            return self._time("old"), self._time("new")
        if "before" in self.details:
            return tuple(time_text.pattern(**self.details[one]) for one in ("before", "after"))
        if "old" in self.details:
            return tuple(self.details[one] or _("as many as like") for one in ("old", "new"))
        return ()

    def _time(self, which):
        times = (self.details[f"{which}_{end}"] for end in ("starts_at", "ends_at"))
        moments_of = (time and dt.datetime.fromisoformat(time) for time in times)
        return time_text.when(*moments_of, zone=timezone.get_current_timezone(), at=self.at)
