"""What a reader had chosen before they turned a kind of mail down, so that undoing brings it back."""

from django.conf import settings
from django.db import models


class TurnedDownQuerySet(models.QuerySet):
    """By reader and by what they turned down."""

    def before(self, reader, about, *, was):
        """What it was before the first press; `was` is what this press found, empty when it was off already."""
        if was:
            self.update_or_create(reader=reader, about=about, defaults={"was": was})
            return was
        return self.filter(reader=reader, about=about).values_list("was", flat=True).first() or ""


class TurnedDown(models.Model):
    """`reader` turned down what is called `about`, such as "requests:7"; it `was` this before."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    about = models.CharField(max_length=60)
    was = models.CharField(max_length=10)

    objects = TurnedDownQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "about"], name="one_choice_before_per_reader_and_kind"),
        ]

    def __str__(self):
        return f"{self.reader_id}: {self.about}"
