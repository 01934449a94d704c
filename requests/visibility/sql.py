"""Conditions that more than one statement by hand is made of, each written once; what is given is the row's name there.

The ORM's form of each stands in the models: the random worlds in `tests/requests/random_worlds/` hold the two together.
"""


def is_current(membership):
    """The membership stands now (`CURRENT` in `circles/models/membership_queries.py`)."""
    row = membership
    return f"{row}.joined_at IS NOT NULL AND {row}.left_at IS NULL AND {row}.removed_at IS NULL"


def is_live(claim):
    """The promise stands, accepted or not (`LIVE` in `requests/models/claim_queries.py`)."""
    return f"{claim}.released_at IS NULL AND {claim}.cancelled_at IS NULL AND {claim}.declined_at IS NULL"


def has_room(slot):
    """A place can be had in the slot, free or to take over (`ROOM` in `requests/models/slot_queries.py`)."""
    return f"({slot}.capacity IS NULL OR {slot}.taken < {slot}.capacity + {slot}.covering)"
