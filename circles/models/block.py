"""Two people who do not see each other."""

import datetime as dt

from django.conf import settings
from django.db import models, transaction
from django.db.models import BooleanField, F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..hooks import tell_that_two_were_parted
from .journal import JournalEntry
from .person import known

# Enough for a bad day; whoever tries out one after the other is slowed. Lifting gives none back.
MOST_BLOCKS = ((dt.timedelta(hours=1), 5), (dt.timedelta(days=1), 20))


# Whoever blocked does not see the other at all. Whoever was blocked sees what they would see had the other left: what
# was over by then stays as it was, and of what came later there is nothing. See
# docs/decisions/0010-blocks-and-quiet-asks.md.
PARTED_SINCE = """EXISTS (
    SELECT 1 FROM circles_block parting
    WHERE (parting.by_id = {me} AND parting.whom_id = {them})
       OR (parting.by_id = {them} AND parting.whom_id = {me} AND ({over} IS NULL OR {over} > parting.created_at))
)"""


class BlockedOften(Exception):
    """Many blocks within an hour or a day: the next one has to wait."""


class Parting(Func):
    """Whether the person `pk` and whoever stands in `field` do not see each other.

    By hand: pages ask it of every row, and the ORM takes longer to write it than the database to answer.
    """

    output_field = BooleanField()
    sql = """EXISTS (
        SELECT 1 FROM circles_block parting
        WHERE (parting.by_id = %s AND parting.whom_id = {them}) OR (parting.by_id = {them} AND parting.whom_id = %s)
    )"""

    def __init__(self, field, pk):
        super().__init__(F(field))
        self.pk = pk

    def as_sql(self, compiler, connection, **context):
        """The SQL with this query's name for the field."""
        them, _none = compiler.compile(self.get_source_expressions()[0])
        return self.sql.format(them=them), [self.pk, self.pk]


class Unseen(Func):
    """Whether the person `pk` does not see whoever stands in `field`, in what came to its end at `over`.

    By hand, as `Parting`. `over` is a field, or an expression that holds no values; null is not over yet.
    """

    output_field = BooleanField()

    def __init__(self, field, pk, *, over):
        super().__init__(F(field), over)
        self.pk = pk

    def as_sql(self, compiler, connection, **context):
        """The SQL with this query's names for both."""
        (them, _none), (over, _nothing) = (compiler.compile(one) for one in self.get_source_expressions())
        return PARTED_SINCE.format(me="%s", them=them, over=over), [self.pk, self.pk]


class BlockQuerySet(models.QuerySet):
    """Blocks, by whom they concern."""

    def of(self, person):
        """The blocks that `person` made; nobody learns who blocked them. Raises `NobodyAsked` without a person."""
        return self.filter(by=known(person))

    def between(self, one, other):
        """Blocks between two people, whoever made them."""
        return self.filter(Q(by=one, whom=other) | Q(by=other, whom=one))

    def parted_from(self, person):
        """The ids of all whom `person` does not see, as a set. One query."""
        pairs = self.filter(Q(by=known(person)) | Q(whom=person)).values_list("by", "whom")
        return {one for pair in pairs for one in pair} - {person.pk}

    def made_among(self, pairs):
        """Which of the `pairs` of ids, of somebody and another, are a block that the first one made. One query."""
        pairs = set(pairs)
        first, other = {one for one, _ in pairs}, {other for _, other in pairs}
        made = self.filter(by__in=first, whom__in=other) if pairs else self.none()
        return set(made.values_list("by", "whom")) & pairs

    def among(self, pairs):
        """Which of the `pairs` of ids do not see each other, as they were given. One query."""
        pairs = set(pairs)
        people = {one for pair in pairs for one in pair}
        blocks = self.filter(by__in=people, whom__in=people) if pairs else self.none()
        parted = {frozenset(pair) for pair in blocks.values_list("by", "whom")}
        return {pair for pair in pairs if frozenset(pair) in parted}

    def parting(self, person, *, field):
        """An expression: whether `person` and whoever stands in the `field` of a row do not see each other.

        Two look-ups by index within the query that asks. Raises `NobodyAsked` without a person.
        """
        return Parting(field, known(person).pk)

    def unseen(self, person, *, field, over):
        """As `parting`, of what came to its end at the field or expression `over`: see `PARTED_SINCE`."""
        return Unseen(field, known(person).pk, over=over)

    def make(self, *, by, whom, at):
        """`by` and `whom` do not see each other from now on; what either promised the other is freed, once.

        Blocking twice is blocking once. Raises `BlockedOften`, and `ValueError` for oneself.
        """
        if by == whom:
            raise ValueError("Nobody blocks themselves.")
        with transaction.atomic():
            for person in sorted((by, whom), key=lambda person: person.pk):
                person.lock()
            self._require_few(by, at=at, but=whom)
            block, made = self.get_or_create(by=by, whom=whom, defaults={"created_at": at})
            if made:
                JournalEntry.objects.write("blocked", block, by=by, at=at)
                tell_that_two_were_parted(by, whom, at=at)
        return block

    def _require_few(self, person, *, at, but):
        if self.filter(by=person, whom=but).exists():
            return
        made = JournalEntry.objects.filter(actor=person, verb="blocked")
        if any(made.filter(at__gt=at - within).count() >= most for within, most in MOST_BLOCKS):
            raise BlockedOften


class Block(models.Model):
    """`by` blocked `whom`. It holds in both directions, and only `by` can lift it."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks")
    whom = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(_("since"))

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["by", "whom"], name="one_block_per_pair"),
            models.CheckConstraint(condition=~Q(by=F("whom")), name="nobody_blocks_themselves"),
        ]

    def __str__(self):
        return f"{self.by_id} – {self.whom_id}"

    def get_absolute_url(self):
        """The list of one's own blocks, where it can be lifted."""
        return reverse("blocks")

    def lift(self, *, at):
        """They see each other again, unless the other one blocked too. What was freed stays free."""
        with transaction.atomic():
            JournalEntry.objects.write("lifted", self, by=self.by, at=at)
            self.delete()
