"""Changing the words of a request, and telling whoever promised of what matters to them."""

from django.db import transaction
from django.db.models import F

from circles.models import JournalEntry

# Whoever promised is told of a change in these with the words that stood there before, in this order.
TOLD_WITH_OLD_WORDS = ("title", "would_help", "would_not_help", "how_done", "details", "area", "doorstep")
# Of the private fields only that they changed: the words stand on the page, for those who may see them.
TOLD_TO_CLAIMERS = {*TOLD_WITH_OLD_WORDS, "address", "way_in", "phone", "medical_note", "children", "away"}


class EditedMeanwhile(Exception):
    """Somebody saved another version since this form was opened."""


class Edited:
    """The part of `HelpRequest` that changes its words."""

    def edit(self, *, by, at, version, **changes):
        """Change the texts; whoever promised to come is told of what matters to them, once within five minutes.

        `version` is the one that the form was opened with. Raises `EditedMeanwhile` if there is a newer one.
        """
        with transaction.atomic():
            if changes.get("needs_checked", self.needs_checked) != self.needs_checked:
                self._lock_slots()
            self.hold_to_the_yes()
            changes = self.without_struck_fields(changes, by=by)
            was = {name: getattr(self, name) for name in changes}
            changed = {name for name, value in changes.items() if was[name] != value}
            won = (
                type(self)
                .objects.filter(pk=self.pk, version=version)
                .update(version=F("version") + 1, changed_at=at, **changes)
            )
            if not won:
                raise EditedMeanwhile
            self.refresh_from_db()
            if self.published_at:
                JournalEntry.objects.write(
                    "edited",
                    self,
                    by=by,
                    at=at,
                    circle=self.circle,
                    fields=sorted(changed),
                )
                self._tell_claimers(changed & TOLD_TO_CLAIMERS, was=was, by=by, at=at)
                self.tell_who_agreed(changed, by=by, at=at)
                self.relist(at=at)
                if "needs_checked" in changed:
                    self._ask_who_is_left((), at=at)

    def _tell_claimers(self, fields, *, by, at, was=None, key=""):
        """`was` holds what stood in the fields before."""
        if not fields:
            return
        old = {name: was[name] for name in TOLD_WITH_OLD_WORDS if was and name in fields}
        claims = self.claims().live().ahead(at=at)
        for claim in claims.select_related("person", "slot__help_request__circle"):
            words = f"slot_changed:{claim.pk}:text:{key or self.version}"
            claim.tell_of_words(old, fields=fields, by=by, at=at, key=words)
