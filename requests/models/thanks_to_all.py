"""The same words of thanks to all who helped with a request."""

from django.db import transaction
from django.db.models.functions import Coalesce


class Thanking:
    """The part of `HelpRequest` that thanks many at once."""

    def to_thank(self, *, by, at):
        """Promises whose time has come by the UTC time `at`, and whose helpers `by` sees and has not thanked.

        Whoever did not come is left out. Newest first.
        """
        came = self.claims().accepted().filter(thanks=None, no_show_at=None, missed_at=None)
        came = came.with_unseen(by).filter(is_unseen=False)
        came = came.alias(begins=Coalesce("slot__starts_at", "slot__ends_at", at)).filter(begins__lte=at)
        return came.select_related("person").order_by("-begins", "-pk")

    def thank_all(self, *, by, text, at):
        """Thank all of `to_thank` in the same words; each hears of it once, however often they came.

        Returns the helpers who are told.
        """
        told = set()
        with transaction.atomic():
            for claim in self.to_thank(by=by, at=at):
                claim.thank(by=by, text=text, at=at, tell=claim.person not in told)
                told.add(claim.person)
        return told
