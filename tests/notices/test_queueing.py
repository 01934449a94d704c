from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, F, Value
from django.db.models.functions import Cast, Concat

from circles.models import Person
from supportnet.notices import kinds
from supportnet.notices.models import Heartbeat, Notice
from tests.cast import make_person, now


def test_the_same_key_is_queued_once(ada, bo):
    for _ in range(3):
        Notice.objects.queue("test_greeting", ada, to=bo, at=now())

    assert [notice.reader for notice in Notice.objects.all()] == [bo]


def test_a_key_holds_no_address(ada):
    Notice.objects.queue("test_greeting", ada, to="new@example.org", at=now())

    notice = Notice.objects.get()
    assert (notice.reader, notice.address) == (None, "new@example.org")
    assert "new@" not in notice.key


def test_nobody_is_told_of_what_they_did_themselves(ada, bo):
    Notice.objects.queue("test_greeting", ada, to=bo, by=bo, at=now())

    assert Notice.objects.count() == 0


def test_a_kind_is_named_or_given(ada, bo):
    Notice.objects.queue(type(kinds.find("test_greeting")), ada, to=bo, at=now())

    assert Notice.objects.get().kind == "test_greeting"


def test_an_unknown_kind_can_not_be_queued(ada, bo):
    with pytest.raises(kinds.UnknownKind):
        Notice.objects.queue("test_nothing", ada, to=bo, at=now())


def test_a_few_are_queued_by_one_insert(ada, bo, olga, django_assert_num_queries):
    with django_assert_num_queries(1):
        Notice.objects.queue_all("test_greeting", [(ada, bo), (ada, olga)], at=now())

    assert {notice.reader for notice in Notice.objects.all()} == {bo, olga}


def everybody(**values):
    """The rows for `queue_each`: everybody is told about themselves."""
    return Person.objects.annotate(
        key=Concat(Value("greeting:"), Cast("pk", CharField())),
        reader_id=F("pk"),
        cause_id=F("pk"),
        circle_id=values.get("circle_id", Value(None, output_field=BigIntegerField())),
        due_at=values.get("due_at", Value(None, output_field=DateTimeField())),
        expires_at=values.get("expires_at", Value(None, output_field=DateTimeField())),
    )


def test_many_are_queued_by_one_statement_and_only_once(django_assert_num_queries, ada, bo):
    at = now()
    with django_assert_num_queries(1):
        assert Notice.objects.queue_each("test_greeting", everybody(), at) == 2
    make_person("Cleo")

    assert Notice.objects.queue_each("test_greeting", everybody(), at) == 1
    assert [
        (n.key, n.reader, n.cause_id, n.due_at, n.try_at, n.state) for n in Notice.objects.order_by("pk")
    ] == [
        (f"greeting:{person.pk}", person, person.pk, at, at, "waiting")
        for person in Person.objects.order_by("pk")
    ]


def test_rows_bring_their_own_times_and_circle(ada):
    at = now()
    later = at + timedelta(hours=3)
    rows = everybody(
        circle_id=Value(7), due_at=F("joined_at"), expires_at=Value(later, output_field=DateTimeField())
    )

    Notice.objects.queue_each("test_greeting", rows, at)

    notice = Notice.objects.get()
    assert (notice.circle_id, notice.due_at, notice.try_at, notice.expires_at, notice.facts) == (
        7,
        ada.joined_at,
        ada.joined_at,
        later,
        {},
    )


def test_sorted_filtered_and_empty_rows_are_fine(ada, bo):
    rows = everybody().filter(name="Bo").order_by("-joined_at")[:5]

    assert Notice.objects.queue_each("test_greeting", rows, now()) == 1
    assert Notice.objects.queue_each("test_greeting", everybody().none(), now()) == 0


def test_what_a_transaction_takes_back_is_not_told(ada, bo):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Notice.objects.queue("test_greeting", ada, to=bo, at=now())
        raise ZeroDivisionError

    assert Notice.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "both@example.org"},
        {"reader": None},
        {"sent_at": now(), "failed_at": now()},
        {"sent_at": now(), "dropped_at": now()},
        {"leased_until": now()},
    ],
)
def test_the_database_refuses_nonsense(tell, ada, bo, fields):
    notice = tell(bo, ada)

    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(**fields)


def test_a_heartbeat_is_one_row(db):
    Heartbeat.objects.beat("worker", now())
    at = now()
    Heartbeat.objects.beat("worker", at)

    assert list(Heartbeat.objects.values_list("process", "at")) == [("worker", at)]
