"""What a form with a one-time key said when it was done: a second press with other words is not taken for it."""

import datetime as dt

from django.db import models

KEPT = dt.timedelta(days=7)


class SentFormQuerySet(models.QuerySet):
    """Forms that were done."""

    def note(self, form, *, page, at):
        """`form`, a `circles.forms.once.OnceForm`, was done at the UTC time `at`; what it made stands at `page`.

        The first word counts: noting the same form again changes nothing.
        """
        sent = self.model(key=form.once, said=form.digest, page=page, at=at)
        self.bulk_create([sent], ignore_conflicts=True)

    def stale(self, at):
        """Those whose page nobody has open any more."""
        return self.filter(at__lt=at - KEPT)


class SentForm(models.Model):
    """`key` is the form's own for whoever sent it, `said` a digest of what they said; no words of theirs are here."""

    key = models.UUIDField(primary_key=True)
    said = models.CharField(max_length=16)
    page = models.CharField(max_length=200)
    at = models.DateTimeField(db_index=True)

    objects = SentFormQuerySet.as_manager()

    def __str__(self):
        return str(self.key)
