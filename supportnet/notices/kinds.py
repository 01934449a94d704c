"""What kinds of things people are told. Apps register theirs in their `mails/`."""

import hashlib
from datetime import timedelta

_kinds = {}


class UnknownKind(LookupError):
    """No kind of this name is registered."""


class Kind:
    """One kind of notice: one subclass and three templates, `mail/<name>.{subject.txt,txt,html}`.

    The templates get `cause` and `causes` (several when the kind collects), `reader`, what `context`
    returns, and what every letter has (see `rendering.py`).
    """

    name = ""
    model = None  # what `cause_id` points to
    related = ()  # select_related of the causes
    label = ""  # what preferences, previews and the panel call it
    collects = timedelta(0)  # several for one reader within this time go out in one mail
    waits = timedelta(0)  # how long it lies before it is due, for what follows
    quiet = True  # waits out the reader's quiet hours
    own_acts_count = False  # is told even to who did it
    reads_alike = False  # says the same to all readers of one language and time zone: rendered once for many
    needs_verified = True  # goes only to readers who have shown that the address is theirs
    has_own_link = False  # leads to a page by a token of its own, which asks who comes: an invitation
    from_strangers = False  # holds words of somebody whom the reader may not know: no link is made of them
    topic = None  # the preference that turns it down, or None when it can't be

    def key(self, cause, reader):
        """What the notice means, in one string without personal data: the same key is never told twice."""
        return f"{self.name}:{cause.pk}:{_reader_key(reader)}"

    def circle_id(self, cause):
        """The circle that this is about, for its keepers' panel."""
        return getattr(cause, "circle_id", None)

    def expires_at(self, cause):
        """After this moment it is of no use any more; None when it never goes stale."""

    def causes(self, ids):
        """The causes by id, with all that rendering needs, in one query."""
        return self.model._default_manager.select_related(*self.related).in_bulk(ids)

    def still_true(self, cause, notice, at):
        """An empty string while it still holds, else the reason to drop it, in words."""
        return ""

    def reasons_against(self, pairs, at):
        """{notice number: reason to drop it} of many `pairs` (notice, cause), for what takes a query."""
        return {}

    def not_before(self, cause, notice, at):
        """The moment until which this reader chose to wait for such mail; None when they did not."""

    def may_wake(self, cause, notice, at):
        """Whether it reaches the reader even in their quiet hours."""
        return not self.quiet

    def apart(self, cause):
        """What may not share a mail when the kind collects: another circle's link to turn it down, say."""

    def context(self, causes, notices, reader, at):
        """What the templates need besides the causes."""
        return {}

    def language(self, cause):
        """What to speak to an address without an account; None for the installation's own language."""

    def attachments(self, causes, notices, reader, at):
        """(file name, content, type) of each attachment."""
        return []

    def url(self, cause):
        """Where the notice on the reader's page leads."""
        return ""

    def turn_down(self, reader, cause):
        """Switch off the preference behind `topic`; `cause` tells for which circle. Returns what it was, or an empty
        string when it was off already."""
        raise NotImplementedError

    def turn_up(self, reader, cause, was):
        """Undo `turn_down`, back to what it `was` if that is one of the choices."""
        raise NotImplementedError

    def turned_down_key(self, cause):
        """What `turn_down` switches off, in one string without personal data: the same for all mails that do."""
        return f"{self.name}:{self.circle_id(cause) or ''}"

    def turned_down_text(self, cause, reader):
        """What `turn_down` switches off, as the end of "You will get no more mail about …".

        Whoever holds the mail reads it: no more than what the reader may still see.
        """
        return self.label


def _reader_key(reader):
    return hashlib.sha256(reader.lower().encode()).hexdigest()[:16] if isinstance(reader, str) else reader.pk


def register(kind):
    """Class decorator: make the kind known by its name."""
    _kinds[kind.name] = kind()
    return kind


def find(kind):
    """The kind by its name, its class or itself; raises UnknownKind."""
    name = kind if isinstance(kind, str) else kind.name
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def kind_named(name):
    """The kind of this name, or None."""
    return _kinds.get(name)


def all_kinds():
    """Every registered kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def forget(kind):
    """Unregister, for tests that bring kinds of their own."""
    _kinds.pop(kind.name, None)
