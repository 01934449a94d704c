"""A test that is gone is missed: somebody wrote down how many there were."""

from tests import counting

RENEW = "if that is meant, `make count` writes it down"


def test_every_test_file_holds_a_test():
    assert [name for name, number in counting.count().items() if not number] == []


def test_every_test_stands_where_it_is_collected():
    others = set(counting.ROOT.glob("tests/**/*.py")) - set(counting.ROOT.glob("tests/**/test_*.py"))

    assert [str(path) for path in others if counting.tests_in(path)] == []


def test_no_file_holds_fewer_tests_than_were_counted():
    now = counting.count()

    lost = [
        f"{name} held {number} tests and holds {now.get(name, 0)}: {RENEW}"
        for name, number in counting.written_down().items()
        if now.get(name, 0) < number
    ]

    assert lost == []


def test_most_tests_are_counted():
    now, then = sum(counting.count().values()), sum(counting.written_down().values())

    assert then >= 0.9 * now, f"{now - then} tests came since the last count: {RENEW}"
