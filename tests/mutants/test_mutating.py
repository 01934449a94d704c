"""The changes themselves: each is another program, named in words, and the modules and tests that are told of exist."""

import ast

import pytest

from tests.mutants.__main__ import equivalents
from tests.mutants.mutating import ROOT, mutants_of, mutated
from tests.mutants.nearest import NEAREST

pytestmark = pytest.mark.anywhere


def test_every_module_and_every_test_that_stands_nearest_to_it_exists():
    missing = [path for path in NEAREST if not (ROOT / path).exists()]
    missing += [name for names in NEAREST.values() for name in names if not (ROOT / "tests" / name).exists()]

    assert missing == []


@pytest.mark.parametrize("path", NEAREST)
def test_a_mutant_is_another_program(path):
    usual, mutants = ast.unparse(ast.parse((ROOT / path).read_text())), mutants_of(path)

    same = [
        one.name
        for one in mutants[:: max(1, len(mutants) // 10)]
        if ast.unparse(mutated(path, one.number)) == usual
    ]

    assert mutants and same == []


def test_what_is_listed_as_equivalent_is_still_there():
    names = {one.name for path in NEAREST for one in mutants_of(path)}

    assert equivalents() - names == set()
