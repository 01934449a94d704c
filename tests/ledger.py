"""What the database of a running installation says of places and promises, asked straight, on SQLite or PostgreSQL."""

WRONG = """
    SELECT id FROM requests_slot slot LEFT JOIN (
        SELECT slot_id, sum(party_size) AS promised FROM requests_claim
        WHERE accepted_at IS NOT NULL AND coalesce(released_at, cancelled_at, declined_at) IS NULL
        GROUP BY slot_id
    ) claims ON claims.slot_id = slot.id
    WHERE coalesce(promised, 0) <> taken OR taken > capacity
"""
STANDING = "SELECT id FROM requests_claim WHERE coalesce(released_at, cancelled_at, declined_at) IS NULL"


def wrong_places(connection):
    """The places that hold another number than was promised, or more than they may."""
    return _ids(connection, WRONG)


def lost(promised, connection):
    """Which of the promises, by number, do not stand."""
    return promised - _ids(connection, STANDING)


def _ids(connection, query):
    cursor = connection.cursor()
    cursor.execute(query)
    return {pk for (pk,) in cursor.fetchall()}
