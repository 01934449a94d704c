"""The one order in which rows are held: people, slots, help requests, promises; within each kind by number.

Whoever takes them in another order waits for somebody who waits for them: the database ends one of the two, and
`supportnet.patience` tries it again. A verb about one promise holds its rows by `Occupancy`, one about many by
`lock_in_order`, before it changes the first. `tests/requests/races/test_lock_order.py` records what every verb holds.
"""

from django.db.models import Q


def lock_in_order(slots, *, people=(), requests=None):
    """Hold `people`, then the queryset `slots`, then their requests and `requests`, then the promises on the slots.

    Returns the slots as they stand now, by number. Call it inside the transaction.
    """
    for person in sorted(set(people), key=lambda person: person.pk):
        person.lock()
    held = slots.model.objects.filter(pk__in=slots.order_by().values("pk")).order_by("pk")
    held = list(held.select_for_update(no_key=True))
    about = Q(pk__in={slot.help_request_id for slot in held})
    if requests is not None:
        about |= Q(pk__in=requests.order_by().values("pk"))
    _lock_rows(slots.model.help_request.field.related_model.objects.filter(about))
    _lock_rows(slots.model.claims.field.model.objects.filter(slot__in=held))
    return held


def _lock_rows(rows):
    list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))
