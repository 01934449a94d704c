"""Two who do not see each other hear nothing of each other by mail either."""

from ..addresses import canonical
from ..models import Block, Person

# Why a notice was dropped: staff read it on the page of notices, the reader never does.
UNSEEN = "The reader does not see the person whom this is about."


class Unseen:
    """For kinds of notices that name somebody: whoever does not see that person any more is not told.

    With `about_the_past` whoever was blocked is told all the same, as when somebody leaves.
    """

    about_the_past = False

    def people(self, cause, reader_id):
        """The ids of those whom the notice is about, for this reader."""
        raise NotImplementedError

    def reasons_against(self, pairs, at):
        """One query for all of them, and what else stands against it."""
        readers = readers_of(notice for notice, _ in pairs)
        named = {notice: self._named(readers.get(notice), cause) for notice, cause in pairs}
        look_up = Block.objects.made_among if self.about_the_past else Block.objects.among
        parted = look_up(pair for both in named.values() for pair in both)
        unseen = {notice.pk: UNSEEN for notice, both in named.items() if both & parted}
        return super().reasons_against(pairs, at) | unseen

    def _named(self, reader, cause):
        return {(reader, person) for person in self.people(cause, reader)} if reader else set()


def readers_of(notices):
    """{notice: reader's id}, also for addresses behind which somebody with an account stands."""
    notices = list(notices)
    addresses = {notice.address for notice in notices if notice.address}
    people = Person.objects.filter(email__in=addresses).values_list("email", "pk") if addresses else ()
    behind = dict(people)
    return {notice: notice.reader_id or behind.get(canonical(notice.address)) for notice in notices}


def unseen_lines(told):
    """Those of the notices `told`, {notice: (kind, cause)}, whose reader blocked whom they are about.

    Whoever was blocked keeps what they were told before, as when somebody leaves.
    """
    named = {
        notice: {(notice.reader_id, person) for person in kind.people(cause, notice.reader_id)}
        for notice, (kind, cause) in told.items()
        if isinstance(kind, Unseen) and cause is not None
    }
    blocked = Block.objects.made_among(pair for pairs in named.values() for pair in pairs)
    return [notice for notice, pairs in named.items() if pairs & blocked]
