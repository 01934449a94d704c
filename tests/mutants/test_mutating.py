"""The changes are other programs, named in words; every module has its share; the nearest tests are found."""

import ast
from itertools import pairwise

import pytest

from tests.mutants.__main__ import equivalents, sample_of
from tests.mutants.mutating import ROOT, mutants_of, mutated
from tests.mutants.nearest import BESIDE, _hash, modules, nearest

pytestmark = pytest.mark.anywhere


@pytest.mark.parametrize("path", modules())
def test_a_mutant_is_another_program(path):
    usual, mutants = ast.unparse(ast.parse((ROOT / path).read_text())), mutants_of(path)

    same = [
        one.name
        for one in mutants[:: max(1, len(mutants) // 3)]
        if ast.unparse(mutated(path, one.number)) == usual
    ]

    assert same == []


def test_every_model_is_among_the_modules():
    models = [*ROOT.glob("circles/models/*.py"), *ROOT.glob("requests/models/*.py")]

    missing = {str(path.relative_to(ROOT)) for path in models if path.name != "__init__.py"} - {*modules()}

    assert missing == set()
    assert set(BESIDE) <= set(modules())


def test_every_module_has_its_share_of_the_sample():
    sample = [one.path for one in sample_of(modules(), set())]

    assert len(sample) == 150
    assert {*sample} == {path for path in modules() if mutants_of(path)}
    assert sample.count("requests/models/claim.py") > sample.count("requests/models/thanks_to_all.py")


def test_what_is_listed_as_equivalent_is_still_there():
    names = {one.name for path in modules() for one in mutants_of(path)}

    assert equivalents() - names == set()


def test_what_is_listed_as_equivalent_has_a_reason():
    lines = (ROOT / "tests/mutants/equivalent.txt").read_text().splitlines()

    without = [line for line, below in pairwise([*lines, ""]) if line in equivalents() and below[:2] != "  "]

    assert without == []


class TestNearest:
    """Of what was seen, the quickest tests of the room that come through the line."""

    @pytest.fixture
    def mutant(self):
        return next(one for one in mutants_of("requests/visibility/policies.py") if one.in_function)

    def seen(self, mutant, line, took=1, hashed=None, function=None):
        through = {mutant.path: {function or mutant.inside: [line]}}
        return {"took": took, "through": through, "hashes": {mutant.path: hashed or _hash(mutant.path)}}

    def test_the_quickest_come_first(self, mutant):
        came = {
            f"tests/requests/test_it.py::test_{took}": self.seen(mutant, mutant.line, took)
            for took in (3, 1, 2)
        }

        assert [test[-1] for test in nearest(mutant, came)] == ["1", "2", "3"]

    def test_before_them_come_those_that_name_the_function(self):
        path = "tests/requests/models/test_claim_details.py"
        late = (
            one for one in mutants_of("requests/models/on_the_day.py") if one.inside.endswith(".run_late")
        )
        mutant = next(late)
        names_it = f"{path}::test_who_runs_late_says_so_until_it_is_over_and_may_be_on_time_after_all"
        came = {
            f"{path}::test_thanks_say_who_gave_them_and_may_come_without_a_mail": self.seen(
                mutant, mutant.line
            ),
            names_it: self.seen(mutant, mutant.line, took=2),
        }

        assert nearest(mutant, came)[0] == names_it

    def test_tests_of_another_room_are_far(self, mutant):
        came = {"tests/circles/test_it.py::test_it": self.seen(mutant, mutant.line)}

        assert nearest(mutant, came) == []

    def test_tests_that_turn_round_before_the_line_are_far(self, mutant):
        came = {
            "tests/requests/test_it.py::test_comes_through": self.seen(mutant, mutant.line),
            "tests/requests/test_it.py::test_turns_round": self.seen(mutant, mutant.line - 1),
        }

        assert nearest(mutant, came) == ["tests/requests/test_it.py::test_comes_through"]

    def test_lines_of_another_day_say_nothing_but_the_function_does(self, mutant):
        came = {
            "tests/requests/test_it.py::test_in_it": self.seen(mutant, mutant.line - 1, hashed="older"),
            "tests/requests/test_it.py::test_beside_it": self.seen(
                mutant, 1, hashed="older", function="other"
            ),
            "tests/requests/test_it.py::test_of_today": self.seen(mutant, mutant.line, took=2),
        }

        in_it, today = "tests/requests/test_it.py::test_in_it", "tests/requests/test_it.py::test_of_today"
        assert nearest(mutant, came) == [in_it, today]

    def test_after_half_a_minute_of_tests_others_are_far(self, mutant):
        came = {
            f"tests/requests/test_it.py::test_{number}": self.seen(mutant, mutant.line, 9)
            for number in range(9)
        }

        assert len(nearest(mutant, came)) == 3
