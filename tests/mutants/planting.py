"""Plugin of pytest that tries mutants of one module: MUTANTS is {"path": …, "numbers": […], …}.

All tests are run once as they are, and it is noted which of them come through which line. Then each mutant gets a
child of this process, with its imports and its database, in which the changed code stands in place of the usual and
the tests that come through it run until one fails. A line a mutant, as JSON: {"number", "killed", "by"}.

What a module does while it is read (SQL put together, constants) cannot be changed afterwards: for those, MUTANT
("path:number") plants the change before the module is imported, and the tests run as always.
"""

import gc
import json
import os
import signal
import sys
import time
from importlib.machinery import SourceFileLoader
from types import FunctionType

import pytest

from .mutating import ROOT, mutants_of, mutated

PLAN = json.loads(os.environ.get("MUTANTS", "null"))
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


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Instead of the usual loop, if there is a plan."""
    if not PLAN:
        return None
    comes_through, took = _as_they_are(session)
    if session.testsfailed:
        raise session.Failed("The tests fail as they are: there is nothing to try.")
    if (failed := _killed(session, None, session.items, None))[0]:
        raise session.Failed(f"In a child {failed[1]} fails without any change.")
    by_number = {one.number: one for one in mutants_of(PLAN["path"])}
    for number in PLAN["numbers"]:
        if time.time() > PLAN["until"]:
            break
        tests = comes_through.get(by_number[number].line, [])
        tests = sorted(tests, key=lambda item: took[item])
        killed, by = _killed(session, number, tests, by_number[number])
        _say({"number": number, "killed": killed, "by": by})
    return True


def _say(fact):
    with open(PLAN["report"], "a") as report:
        report.write(json.dumps(fact) + "\n")


def _as_they_are(session):
    """({line of the module: tests that come through it}, {test: seconds}) of one run without any change."""
    path, lines, comes_through, took = str(ROOT / PLAN["path"]), set(), {}, {}

    def look(frame, event, arg):
        if frame.f_code.co_filename != path:
            return None
        lines.add(frame.f_lineno)
        return look

    items = session.items
    for item, following in zip(items, [*items[1:], items[0]], strict=True):
        lines.clear()
        began = time.monotonic()
        sys.settrace(look)
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        finally:
            sys.settrace(None)
        took[item] = time.monotonic() - began
        for line in lines:
            comes_through.setdefault(line, []).append(item)
    return comes_through, took


def _killed(session, number, tests, mutant):
    """(whether a test fails, which) once the change stands there."""
    if not tests:
        return False, "no test comes here"
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _try(session, number, tests, mutant, writing)
    os.close(writing)
    with os.fdopen(reading) as said:
        by = said.read()
    _pid, status = os.waitpid(child, 0)
    return bool(status), by or ("out of time" if status else "")


def _try(session, number, tests, mutant, writing):
    """In the child: plant, run the tests, and end with 1 as soon as one fails. Never returns."""
    try:
        signal.signal(signal.SIGALRM, lambda *_: os._exit(2))
        # Whatever runs that long does not come to an end.
        signal.alarm(int(PLAN["patience"]))
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        session.config.pluginmanager.unregister(name="terminalreporter")
        if mutant and not _plant(number, mutant):
            os.write(writing, b"nothing to plant it in")
            os._exit(0)
        session._setupstate.teardown_exact(tests[0])
        for item, following in zip(tests, [*tests[1:], tests[0]], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                os.write(writing, item.nodeid.encode())
                os._exit(1)
        os._exit(0)
    except BaseException as error:  # what breaks the runner itself is no test that fails
        os.write(writing, f"runner: {error!r}".encode())
        os._exit(0)


def _plant(number, mutant):
    """Give every function of the module its changed code; whether any has one."""
    path = str(ROOT / mutant.path)
    changed = dict(_codes(compile(mutated(mutant.path, number), path, "exec")))
    planted = 0
    for function in [one for one in gc.get_objects() if type(one) is FunctionType]:
        code = function.__code__
        other = changed.get((code.co_qualname, code.co_firstlineno))
        if code.co_filename == path and other is not None and other != code:
            function.__code__ = other
            planted += 1
    return planted


def _codes(code):
    """((name, first line), code) of a piece of code and everything in it."""
    for const in code.co_consts:
        if isinstance(const, type(code)):
            yield (const.co_qualname, const.co_firstlineno), const
            yield from _codes(const)
