"""A person's notices as lines on their page."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from supportnet.notices import rendering
from supportnet.notices.kinds import kind_named
from supportnet.notices.models import Notice

# On one page; one more is read, to know whether there are older ones.
LINES = 20
# What other rooms keep from the page: functions of {notice: (kind, cause)} that give notices.
hides = []


@dataclass(frozen=True)
class Line:
    """One notice as its reader sees it: what it says, where it leads."""

    notice: Notice
    label: str
    text: str
    url: str


class Page:
    """Up to 20 notices, those before the one numbered `before`: a query for them, one a model, and one of `hides`."""

    def __init__(self, notices, *, before, at):
        self.notices = notices.filter(pk__lt=before) if before else notices
        self.at = at

    @cached_property
    def lines(self):
        """The lines, newest first, without kinds that nobody knows and what is kept from the page."""
        known = [(notice, kind_named(notice.kind)) for notice in self._rows[:LINES]]
        known = [(notice, kind) for notice, kind in known if kind]
        causes = _causes(known)
        told = {notice: (kind, causes[kind].get(notice.cause_id)) for notice, kind in known}
        hidden = {notice for hide in hides for notice in hide(told)}
        return [self._line(notice, *about) for notice, about in told.items() if notice not in hidden]

    @property
    def has_new(self):
        return any(line.notice.seen_at is None for line in self.lines)

    @property
    def newest(self):
        """The number of the newest notice shown."""
        return self._rows[0].pk

    @property
    def older(self):
        """The number to continue before, or None at the end."""
        return self._rows[LINES - 1].pk if len(self._rows) > LINES else None

    @cached_property
    def _rows(self):
        return list(self.notices.select_related("reader")[: LINES + 1])

    def _line(self, notice, kind, cause):
        if cause is None:
            return Line(notice, kind.label, "", "")
        return Line(
            notice, kind.label, rendering.subject_line(kind, [notice], [cause], at=self.at), kind.url(cause)
        )


def _causes(known):
    """{kind: {id: cause}}, fetched together where kinds are about the same model in the same way."""
    wanted = defaultdict(set)
    for notice, kind in known:
        wanted[kind].add(notice.cause_id)
    together = defaultdict(list)
    for kind in wanted:
        together[kind.model].append(kind)
    return {kind: found for kinds in together.values() for kind, found in _fetch(kinds, wanted).items()}


def _fetch(kinds, wanted):
    ids = set().union(*(wanted[kind] for kind in kinds))
    related = {name for kind in kinds for name in kind.related}
    found = kinds[0].model._default_manager.select_related(*related).in_bulk(ids)
    return dict.fromkeys(kinds, found)
