"""`make mutants`: change the code in small ways, one at a time, and see whether the nearest tests notice.

SEED and SAMPLE say which changes, BOUND how many seconds all of it may take, ONLY a module. What survives is printed;
changes that change nothing for anybody stand in `equivalent.txt` with the reason. Fails below 95 %.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .mutating import ROOT, mutants_of
from .nearest import NEAREST

SEED = int(os.environ.get("SEED", 1))
SAMPLE = int(os.environ.get("SAMPLE", 150))
BOUND = int(os.environ.get("BOUND", 600))
ONLY = os.environ.get("ONLY", "")
WANTED = 0.95
PATIENCE = 60  # seconds until a change that never ends counts as noticed
PYTEST = [
    sys.executable,
    "-m",
    "pytest",
    "-p",
    "tests.mutants.planting",
    "-q",
    "-x",
    "-n",
    "0",
    "-p",
    "no:cacheprovider",
]


def main():
    """Try the sample, two modules at a time; the exit status says whether enough was noticed."""
    until, same = time.time() + BOUND, equivalents()
    sample = [one for path in NEAREST if path.startswith(ONLY) for one in mutants_of(path)]
    sample = [one for one in sample if one.name not in same]
    sample = random.Random(SEED).sample(sample, min(SAMPLE, len(sample)))
    by_path = {path: [one for one in sample if one.path == path] for path in NEAREST}
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(try_module, path, some, until) for path, some in by_path.items() if some]
        found = [one for job in jobs for one in job.result()]
    for path in by_path:
        mine = [was_killed for mutant, was_killed, _by in found if mutant.path == path]
        if by_path[path]:
            print(f"{path}: {sum(mine)} of {len(mine)} noticed")
    killed = sum(was_killed for _mutant, was_killed, _by in found)
    print(
        f"seed {SEED}: {len(found)} of {len(sample)} tried, {killed} noticed, {len(same)} listed as equivalent"
    )
    # What there was no time to try was not noticed.
    enough = bool(found) and killed >= WANTED * len(sample)
    print(f"{100 * killed / max(1, len(sample)):.1f} % of the sample, wanted are {100 * WANTED:.0f} %")
    return 0 if enough else 1


def equivalents():
    """The names of mutants that change nothing for anybody; below each its reason, indented."""
    lines = (Path(__file__).parent / "equivalent.txt").read_text().splitlines()
    return {line for line in lines if line and not line.startswith((" ", "#"))}


def try_module(path, mutants, until):
    """[(mutant, whether it was noticed, by which test)]: first those inside of functions, then the others."""
    inside = {one.number: one for one in mutants if one.in_function}
    found = [(inside[number], killed, by) for number, killed, by in _in_children(path, list(inside), until)]
    for mutant, killed, by in found:
        tell(mutant, killed, by)
    for mutant in mutants:
        if not mutant.in_function and time.time() < until:
            found.append((mutant, *_in_a_run(mutant)))
            tell(*found[-1])
    return found


def _in_children(path, numbers, until):
    if not numbers:
        return []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report")
        plan = {
            "path": path,
            "numbers": numbers,
            "until": until,
            "patience": PATIENCE,
            "report": str(report),
        }
        run = _run(path, MUTANTS=json.dumps(plan))
        if not report.exists():
            why = (
                "the tests could not be run" if run.returncode else "no time was left; give it a longer BOUND"
            )
            print(f"{path}: {why}\n{run.stdout[-2000:] if run.returncode else ''}", flush=True)
            return []
        facts = [json.loads(line) for line in report.read_text().splitlines()]
    return [(fact["number"], fact["killed"], fact["by"]) for fact in facts]


def _in_a_run(mutant):
    """The change stands there before the module is read, in a run of its own."""
    run = _run(mutant.path, MUTANT=f"{mutant.path}:{mutant.number}")
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return run.returncode != 0, failed[0][:150] if failed else ""


def _run(path, **environment):
    nearest = [f"tests/{name}" for name in NEAREST[path]]
    return subprocess.run(
        [*PYTEST, *nearest],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def tell(mutant, killed, by):
    """One line; of what survived, with the reason if there is one."""
    word = "noticed " if killed else "SURVIVED"
    print(
        f"{word} {mutant.path}:{mutant.line}: {mutant.name.partition(':')[2]}{'' if killed else f' ({by})'}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
