"""Plugin of pytest that tries mutants: MUTANTS is a file with {"mutants": [{"path", "number", "tests"}, …], …}.

Each mutant gets a child of this process, with its imports and its database, in which the changed code stands in place
of the usual and its tests run until one fails. A line a mutant, as JSON: {"path", "number", "killed", "by"}.

What a module does while it is read (SQL put together, constants) cannot be changed afterwards: for those, MUTANT
("path:number") plants the change before the module is imported, and the tests run as always. TESTS is a file that
names the tests.
"""

import gc
import json
import os
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import FunctionType

import pytest
from time_machine import escape_hatch

from .mutating import NOT_PLANTED, ROOT, mutants_of, mutated

PLAN = json.loads(Path(os.environ["MUTANTS"]).read_text()) if "MUTANTS" in os.environ else None
PLANTED = os.environ.get("MUTANT")

if PLANTED:
    _path, _number = PLANTED.rsplit(":", 1)
    _usual = SourceFileLoader.source_to_code

    def _planted(self, data, path, **kwargs):
        """The code of a module, changed if it is the one."""
        if os.path.realpath(path) == str(ROOT / _path):
            return compile(mutated(_path, int(_number)), path, "exec", dont_inherit=True)
        return _usual(self, data, path, **kwargs)

    SourceFileLoader.source_to_code = _planted
    # What was compiled before must not be taken.
    SourceFileLoader.path_stats = lambda self, path: (_ for _ in ()).throw(OSError())
    sys.dont_write_bytecode = True


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Of the files that were named, the tests that TESTS, a file, names in this order."""
    place = {test: place for place, test in enumerate(json.loads(Path(os.environ["TESTS"]).read_text()))}
    items[:] = sorted((item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Instead of the usual loop, if there is a plan."""
    if not PLAN:
        return None
    items = {item.nodeid: item for item in session.items}
    _make_the_database(session)
    for one in PLAN["mutants"]:
        if escape_hatch.time.time() > PLAN["until"]:
            break
        mutant = mutants_of(one["path"])[one["number"]]
        killed, by = _killed(session, mutant, [items[test] for test in one["tests"]])
        with open(PLAN["report"], "a") as report:
            report.write(json.dumps({**one, "killed": killed, "by": by}) + "\n")
    return True


def _make_the_database(session):
    """By a first test, which has passed before; so has each of the others."""
    os.environ["TEST_MEMORY"] = "off"
    first = next(item for item in session.items if "db" in item.fixturenames)
    session.config.hook.pytest_runtest_protocol(item=first, nextitem=first)
    if session.testsfailed:
        raise session.Failed("The tests fail as they are: there is nothing to try.")
    session._setupstate.teardown_exact(session)  # only the database stays


def _killed(session, mutant, tests):
    """(whether a test fails, which) once the change stands there."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _try(session, mutant, tests, writing)
    os.close(writing)
    with os.fdopen(reading) as said:
        by = said.read()
    _pid, status = os.waitpid(child, 0)
    return bool(status), by


def _try(session, mutant, tests, writing):
    """In the child: plant, run the tests, and end with 1 as soon as one fails. Never returns."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        session.config.pluginmanager.unregister(name="terminalreporter")
        if not _plant(mutant):
            os.write(writing, NOT_PLANTED.encode())
            os._exit(0)
        del os.environ[
            "TEST_MEMORY"
        ]  # factories remember what they do with the change, not what they did before
        for item, following in zip(tests, [*tests[1:], tests[0]], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                os.write(writing, item.nodeid.encode())
                os._exit(1)
        os._exit(0)
    except BaseException as error:  # what breaks the runner itself is no test that fails
        os.write(writing, f"runner: {error!r}".encode())
        os._exit(0)


def _plant(mutant):
    """Give every function of the module its changed code; whether any has one."""
    path = str(ROOT / mutant.path)
    changed = dict(_codes(compile(mutated(mutant.path, mutant.number), path, "exec")))
    planted = 0
    gc.unfreeze()  # what is frozen is not listed
    for function in [one for one in gc.get_objects() if type(one) is FunctionType]:
        code = function.__code__
        other = changed.get((code.co_qualname, code.co_firstlineno))
        if code.co_filename == path and other is not None and other != code:
            if other.co_freevars != code.co_freevars:
                return 0
            function.__code__ = other
            planted += 1
    gc.freeze()
    return planted


def _codes(code):
    """((name, first line), code) of a piece of code and everything in it."""
    for const in code.co_consts:
        if isinstance(const, type(code)):
            yield (const.co_qualname, const.co_firstlineno), const
            yield from _codes(const)
