"""How many tests each file holds, read without running it; `make count` writes it down in `tests/counts.txt`."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEDGER = ROOT / "tests/counts.txt"


def tests_in(path):
    """The number of test functions in a file: one with many cases counts once."""
    return sum(
        isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        for node in ast.walk(ast.parse(path.read_text()))
    )


def count():
    """The number of tests by file, of all files that pytest collects."""
    return {str(path.relative_to(ROOT)): tests_in(path) for path in sorted(ROOT.glob("tests/**/test_*.py"))}


def written_down():
    """What `make count` wrote last."""
    lines = LEDGER.read_text().splitlines()
    return {name: int(number) for number, name in map(str.split, lines)}


if __name__ == "__main__":
    LEDGER.write_text("".join(f"{number:4} {name}\n" for name, number in count().items()))
