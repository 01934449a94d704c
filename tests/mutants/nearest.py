"""Which tests stand nearest to a line: those of the room that come through it, first those that name its function.

All quick tests of the rooms run once, and it is written down which of them comes through which line. What was written
down holds until a test, or anything that it might run, is another; while somebody works at one module (ONLY), until
the test itself is another.
"""

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from functools import cache
from pathlib import Path

from coverage import CoverageData

from .mutating import ROOT

ROOMS = ("circles", "requests")
# Beside the models: what decides, and what sweeps.
BESIDE = (
    *("circles/breaks.py", "circles/links_by_address.py"),
    *(f"requests/schedule/{name}.py" for name in ("daily_mail", "reminders", "standby_hours")),
    *(f"requests/visibility/{name}.py" for name in ("policies", "private_fields", "rule", "sql")),
    "requests/pages/open_requests.py",
    *(f"requests/sweeps/{name}.py" for name in ("offers", "standbys", "waves")),
    *(f"requests/reactions/{name}.py" for name in ("membership_ended", "people_blocked")),
)
# Random worlds notice nearly everything, and from afar.
FAR = {"tests/requests/random_worlds/test_fortnight.py", "tests/requests/random_worlds/test_worlds.py"}
QUICK = "not browser and not faults and not postgres and not slow and not fuzz"
ENOUGH = (
    30  # seconds of the quickest tests through one line; what only later ones notice has no test near to it
)
WRITTEN_DOWN = ROOT / ".coverage.nearest.json"


def modules():
    """Every module in which faults are planted."""
    found = [str(path.relative_to(ROOT)) for room in ROOMS for path in ROOT.glob(f"{room}/models/*.py")]
    return sorted(path for path in [*found, *BESIDE] if not path.endswith("__init__.py"))


def files_of_tests():
    """Every file that holds tests of one of the rooms."""
    found = [
        str(path.relative_to(ROOT)) for room in ROOMS for path in ROOT.glob(f"tests/{room}/**/test_*.py")
    ]
    return sorted(set(found) - FAR)


def nearest(mutant, came):
    """The tests of the room that come through the changed line, or where none is seen there, through its function.

    Where the lines were others then, the function counts. What is done while a module is read concerns all that come
    through it, and those whose file speaks of the class or the constant.
    """
    room = f"tests/{mutant.path.partition('/')[0]}/"
    fresh, through = _hash(mutant.path), {"line": [], "function": [], "module": []}
    for test, fact in came.items():
        lines = fact["through"].get(mutant.path, {}) if test.startswith(room) else {}
        if lines or test.startswith(room) and _speaks_of(test.partition("::")[0], mutant.inside):
            through["module"].append(test)
        if mutant.inside in lines:
            through["function"].append(test)
            if fact["hashes"][mutant.path] != fresh or mutant.line in lines[mutant.inside]:
                through["line"].append(test)
    tests = through["line"] or through["function"] if mutant.in_function else through["module"]
    return _enough(
        sorted(tests, key=lambda test: (not _names(test, mutant.inside), came[test]["took"])), came
    )


def _names(test, inside):
    """Whether the body of the test has the name of the function, or of the constant, in it."""
    path, *_classes, function = test.partition("[")[0].split("::")
    name = inside.rpartition(".")[2]
    return bool(name) and re.search(rf"\b{name}\b", _bodies(path).get(function, "")) is not None


@cache
def _bodies(path):
    """{name: text} of the functions in a file, if it is there."""
    text = (ROOT / path).read_text() if (ROOT / path).exists() else ""
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    lines = text.splitlines()
    return {node.name: "\n".join(lines[node.lineno : node.end_lineno]) for node in functions}


@cache
def _speaks_of(path, inside):
    return (ROOT / path).exists() and inside.partition(".")[0] in (ROOT / path).read_text()


def _enough(tests, came):
    seconds, chosen = 0, []
    for test in tests:
        seconds += came[test]["took"]
        if chosen and seconds > ENOUGH:
            break
        chosen.append(test)
    return chosen


def trace(rooms, strictly, workers):
    """{test: {"took": seconds, "through": {module: {function: lines}}, …}}, or nothing if the tests fail as they are.

    `strictly`: what was written down counts only if nothing is another since.
    """
    known = json.loads(WRITTEN_DOWN.read_text()) if WRITTEN_DOWN.exists() else {}
    keys = {path: _key(path, strictly) for path in files_of_tests() if path.split("/")[1] in rooms}
    stale = [
        path for path in keys if path not in known or known[path]["key"][: len(keys[path])] != keys[path]
    ]
    if stale:
        print(f"Seeing which tests of {len(stale)} files come through which lines ...", flush=True)
        came = _traced(stale, workers)
        if came is None:
            return None
        for path in stale:
            mine = {test: fact for test, fact in came.items() if test.partition("::")[0] == path}
            known[path] = {"key": _key(path, strictly=True), "came": mine}
        WRITTEN_DOWN.write_text(json.dumps(known))
    return {test: fact for path in keys for test, fact in known[path]["came"].items()}


def _key(path, strictly):
    """What the test is, and, if strictly, what everything is that it might run."""
    beside = (ROOT / path).parent.glob("*.py")
    with_it = [*ROOT.glob("tests/*.py"), *(one for one in beside if not one.name.startswith("test_"))]
    code = [one for room in (*ROOMS, "supportnet") for one in ROOT.glob(f"{room}/**/*.py")]
    return [_hash(path), _hash(*with_it, *code)] if strictly else [_hash(path)]


def _hash(*paths):
    together = hashlib.sha256()
    for path in sorted(str(ROOT / path) for path in paths):
        together.update(Path(path).read_bytes())
    return together.hexdigest()[:16]


def _traced(paths, workers):
    with tempfile.TemporaryDirectory() as folder:
        data, took = Path(folder, "data"), Path(folder, "took")
        run = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "-n",
                    str(workers),
                    "-m",
                    QUICK,
                    "-p",
                    "tests.mutants.timing",
                ),
                *("-p", "no:cacheprovider", "--cov-context=test", "--cov-report=", *paths),
                *(f"--cov={room}" for room in ROOMS),
            ],
            cwd=ROOT,
            # Each test comes through all that it stands on by itself: what is remembered runs no line.
            env={**os.environ, "TEST_MEMORY": "off", "COVERAGE_FILE": str(data), "TOOK": str(took)},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            print(f"The tests fail as they are: there is nothing to try.\n{run.stdout[-4000:]}{run.stderr}")
            return None
        came = {
            test: {"took": seconds, "through": defaultdict(dict), "hashes": {}}
            for test, seconds in json.loads(took.read_text()).items()
        }
        _look(CoverageData(str(data)), came)
        return came


def _look(data, came):
    data.read()
    for path in modules():
        of_line, fresh = functions_of(path), _hash(path)
        for line, contexts in data.contexts_by_lineno(str(ROOT / path)).items():
            for test in {context.rpartition("|")[0] for context in contexts} & came.keys():
                if function := of_line.get(line):
                    came[test]["through"][path].setdefault(function, []).append(line)
                    came[test]["hashes"][path] = fresh


def functions_of(path):
    """{line: the innermost function that it is part of}, as mutants name it."""
    found = {}

    def walk(node, names):
        for child in ast.iter_child_nodes(node):
            inner = names
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = [*names, child.name]
            if isinstance(child, ast.FunctionDef):
                found.update(
                    dict.fromkeys(range(child.body[0].lineno, child.end_lineno + 1), ".".join(inner))
                )
            walk(child, inner)

    walk(ast.parse((ROOT / path).read_text()), [])
    return found
