"""What the list of open requests says of a request: copies on its waves, so that it needs to look nowhere else."""

from django.db.models import Max, Min

from .wave import FOREVER, UNDATED_SORTS_AFTER

# All of the request that the list depends on, besides its times: so the lock fetches no text.
LISTED_BY = (
    *("kind", "category", "published_at", "closed_at", "cancelled_at"),
    *("consent__agreed_at", "consent__withdrawn_at"),
    *("circle__consent__agreed_at", "circle__consent__withdrawn_at"),
)


class Relisted:
    """The part of `HelpRequest` that keeps the list up to date."""

    def relist(self, *, at):
        """Bring the waves' copies up to date with what is still open. Call it inside the transaction of the change.

        Takes the request's row, so that two last places won at once are both counted.
        """
        fresh = self.lock(only=LISTED_BY)
        copies = {"listed_until": None, "relist_at": None}
        if not fresh.is_agreed:
            pass
        elif fresh.is_open and fresh.takes_answers:
            copies = {
                "listed_until": FOREVER,
                "sort_at": fresh.published_at + UNDATED_SORTS_AFTER,
            }
        elif fresh.is_open:
            copies |= fresh._times_still_open(at=at)
        fresh.waves.update(kind=fresh.kind, category=fresh.category, **copies)

    def _times_still_open(self, *, at):
        span = self.slots.open(at=at).aggregate(
            next=Min("starts_at"),
            deadline=Min("ends_at"),
            first=Min("open_until"),
            last=Max("open_until"),
        )
        if span["last"] is None:
            return {}
        sort_at = span["next"] or span["deadline"] or self.published_at + UNDATED_SORTS_AFTER
        return {
            "sort_at": sort_at,
            "relist_at": span["first"],
            "listed_until": span["last"],
        }
