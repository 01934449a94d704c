"""`make mutants`: change the code in small ways, one at a time, and see whether the nearest tests notice.

SEED and SAMPLE say which changes, BOUND how many seconds all of it may take, ONLY the beginnings of paths, WORKERS how
many are tried at a time. Each module has its share in the sample. What survives is printed; changes that change nothing
for anybody stand in `equivalent.txt` with the reason. Fails below 95 %.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .mutating import NOT_PLANTED, ROOT, mutants_of
from .nearest import ROOMS, modules, nearest, trace

SEED = int(os.environ.get("SEED", 1))
SAMPLE = int(os.environ.get("SAMPLE", 150))
BOUND = int(os.environ.get("BOUND", 900))
ONLY = tuple(os.environ.get("ONLY", "").split())
WORKERS = int(os.environ.get("WORKERS", 2))
WANTED = 0.95
PATIENCE = 60  # seconds until a test that never ends has failed
PASSED = (0, 5)  # or none of the tests is left
PYTEST = [
    *(sys.executable, "-m", "pytest", "-p", "tests.mutants.planting", "-q", "-x", "-n", "0"),
    *("-p", "no:cacheprovider", f"--timeout={PATIENCE}"),
]


def main():
    """Try the sample; the exit status says whether enough was noticed."""
    began, same = time.time(), equivalents()
    paths = [path for path in modules() if path.startswith(ONLY or ROOMS)]
    came = trace({path.partition("/")[0] for path in paths}, strictly=not ONLY, workers=WORKERS)
    if came is None:
        return 1
    sample = sample_of(paths, same)
    near = {mutant: nearest(mutant, came) for mutant in sample}
    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = [pool.submit(try_some, some, until=began + BOUND) for some in jobs_of(near)]
        found = [fact for job in jobs for fact in job.result()]
    found += [(mutant, False, "no test comes here") for mutant in sample if not near[mutant]]
    for fact in sorted(found, key=lambda fact: (fact[1], fact[0].path, fact[0].line)):
        tell(*fact, len(near[fact[0]]))
    summary(sample, found, len(same), time.time() - began)
    # What there was no time to try was not noticed.
    return 0 if sum(killed for _mutant, killed, _by in found) >= WANTED * len(sample) > 0 else 1


def equivalents():
    """The names of mutants that change nothing for anybody; below each its reason, indented."""
    lines = (Path(__file__).parent / "equivalent.txt").read_text().splitlines()
    return {line for line in lines if line and not line.startswith((" ", "#"))}


def sample_of(paths, same):
    """At least one mutant of each module, and of each the same share."""
    drawn = []
    for path in paths:
        mine = [one for one in mutants_of(path) if one.name not in same]
        random.Random(f"{SEED} {path}").shuffle(mine)
        drawn += [(place / len(mine), one) for place, one in enumerate(mine)]
    return [one for _place, one in sorted(drawn, key=lambda pair: (pair[0], pair[1].path))[:SAMPLE]]


def jobs_of(near):
    """What is tried in one process: a share of what stands in functions, and each of the others by itself."""
    tried = [(mutant, tests) for mutant, tests in near.items() if tests]
    inside = [pair for pair in tried if pair[0].in_function]
    return [
        *filter(None, (inside[first::WORKERS] for first in range(WORKERS))),
        *([pair] for pair in tried if not pair[0].in_function),
    ]


def try_some(pairs, until):
    """[(mutant, whether it was noticed, by which test)] of [(mutant, its tests)]."""
    if time.time() > until:
        return []
    if not pairs[0][0].in_function:
        return [in_a_run(*pair) for pair in pairs]
    # What could not be planted in a function that stands there already, such as one that calls super() no more.
    near = dict(pairs)
    facts = in_children(pairs, until)
    return [in_a_run(fact[0], near[fact[0]]) if fact[2].startswith(NOT_PLANTED) else fact for fact in facts]


def in_children(pairs, until):
    """All in one process, which has a child for each."""
    mutants = {(one.path, one.number): one for one, _tests in pairs}
    with tempfile.TemporaryDirectory() as folder:
        plan, report = Path(folder, "plan"), Path(folder, "report")
        tries = [{"path": one.path, "number": one.number, "tests": tests} for one, tests in pairs]
        plan.write_text(json.dumps({"mutants": tries, "until": until, "report": str(report)}))
        run = pytest(sorted({test for _one, tests in pairs for test in tests}), MUTANTS=str(plan))
        if run.returncode:
            print(f"The tests could not be run.\n{run.stdout[-4000:]}{run.stderr[-2000:]}", flush=True)
        lines = report.read_text().splitlines() if report.exists() else []
    facts = [json.loads(line) for line in lines]
    return [(mutants[fact["path"], fact["number"]], fact["killed"], fact["by"]) for fact in facts]


def in_a_run(mutant, tests):
    """The change stands there before the module is read, in a run of its own."""
    run = pytest(tests, MUTANT=f"{mutant.path}:{mutant.number}")
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return mutant, run.returncode not in PASSED, failed[0][:150] if failed else ""


def pytest(tests, **environment):
    """Their files are collected; which of their tests are meant would be too much for a command line."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as named:
        json.dump(tests, named)
        named.flush()
        return subprocess.run(
            [*PYTEST, *sorted({test.partition("::")[0] for test in tests})],
            cwd=ROOT,
            env={**os.environ, **environment, "TESTS": named.name},
            capture_output=True,
            text=True,
            check=False,
        )


def tell(mutant, killed, by, tests):
    """One line; of what survived, how many tests came through it."""
    word, more = ("noticed ", "") if killed else ("SURVIVED", f" ({by or f'{tests} tests come through it'})")
    print(f"{word} {mutant.path}:{mutant.line}: {mutant.name.partition(':')[2]}{more}", flush=True)


def summary(sample, found, same, seconds):
    """Module by module, then the whole."""
    drawn, noticed = Counter(one.path for one in sample), Counter()
    for mutant, killed, _by in found:
        noticed[mutant.path] += killed
    for path in sorted(drawn):
        print(f"{path}: {noticed[path]} of {drawn[path]} noticed")
    killed = noticed.total()
    print(
        f"seed {SEED}: {len(found)} of {len(sample)} tried in {seconds:.0f} s, {killed} noticed, "
        f"{same} listed as equivalent"
    )
    print(f"{100 * killed / max(1, len(sample)):.1f} % of the sample, wanted are {100 * WANTED:.0f} %")


if __name__ == "__main__":
    sys.exit(main())
