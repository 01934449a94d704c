"""Blocking somebody at the very moment in which they promise: nothing stands between two who are parted."""

import pytest

from circles.models import Block, Person, Report
from requests.models import Claim, Slot, SlotUnavailable
from supportnet.notices.models import Notice
from tests.cast import ask, make_circle, now
from tests.racing import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def person(one):
    return Person.objects.get(pk=one.pk)


def block(one, other):
    return lambda: Block.objects.make(by=person(one), whom=person(other), at=now())


def claim(slot, helper):
    return lambda: (
        Slot.objects.select_related("help_request__circle")
        .get(pk=slot.pk)
        .claim(by=person(helper), at=now(), even_if_clashing=True)
    )


def expected(results, *kinds):
    """What came out that is none of `kinds`."""
    return [result for result in results if not isinstance(result, kinds)]


@pytest.mark.parametrize("blocker", ["asker", "helper"])
def test_a_promise_made_while_one_blocks_the_other_does_not_stand(ada, bo, olga, blocker):
    street = make_circle(olga, ada, bo)
    for _ in range(5):
        slots = [ask(ada, street, in_days=3 + index).slots.get() for index in range(3)]
        one, other = (ada, bo) if blocker == "asker" else (bo, ada)

        results = at_once(block(one, other), *[claim(slot, bo) for slot in slots])

        assert expected(results, Block, Claim, SlotUnavailable) == []
        assert not Claim.objects.live().exists()
        assert not Slot.objects.exclude(taken=0).exists()
        Block.objects.get().lift(at=now())


def test_two_who_block_each_other_at_once_free_their_promises_once(ada, bo, olga):
    street = make_circle(olga, ada, bo)
    of_ada = [ask(ada, street, in_days=days).slots.get().claim(by=bo, at=now()) for days in (3, 5, 7)]
    of_bo = [ask(bo, street, in_days=days).slots.get().claim(by=ada, at=now()) for days in (4, 6, 8)]
    Notice.objects.all().delete()

    results = at_once(block(ada, bo), block(bo, ada), block(ada, bo))

    assert expected(results, Block) == []
    assert Block.objects.count() == 2
    assert not Claim.objects.live().exists()
    # Whoever came first gives back what they promised, and is told that the other's promises are open again.
    called_off = Notice.objects.filter(kind="slot_cancelled").values_list("cause_id", flat=True)
    assert sorted(called_off) in [sorted(one.pk for one in theirs) for theirs in (of_ada, of_bo)]


def test_a_report_made_ten_times_at_once_is_one(ada, bo, olga):
    street = make_circle(olga, ada, bo)
    subject = street.memberships.get(person=bo)

    def report():
        said = {"reporter": person(ada), "subject": subject, "about": person(bo), "reason": "Shouts"}
        return Report.objects.make(circle=street, **said, at=now())

    results = at_once(*[report] * 10)

    assert expected(results, Report) == []
    assert {result.pk for result in results} == {Report.objects.get().pk}
    assert Notice.objects.filter(kind="reported").count() == 1
