"""`manage.py run` as a person starts it: in a folder and on a port of its own, embedded, without a demo."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests import moment
from tests.smtp import free_port

ROOT = Path(__file__).resolve().parents[1]
# The part of `manage.py run` that comes before the processes.
PREPARE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "supportnet.settings"
import django
django.setup()
from supportnet.management.commands.run import Command
Command().prepare()
"""


class Running:
    """One installation; its words go to a file beside its folder."""

    def __init__(self, var):
        self.var = var
        self.port = free_port()
        self.process = None

    def furnish(self):
        """Give it the database and the files that a first start would make, of which a run of tests makes one set."""
        shutil.copytree(furniture(), self.var, dirs_exist_ok=True)
        return self

    def start(self, *within, **variables):
        """Start it, by the command `within` if there is one."""
        self.output = self.var.parent / "output"
        with open(self.output, "w") as output:
            self.process = subprocess.Popen(
                [*within, sys.executable, "manage.py", "run"],
                cwd=ROOT,
                env=environment(self.var, self.port) | variables,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def run(self, module, *words):
        """Let a program of the tests work on its database; what it printed, as JSON."""
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, words)],
            cwd=ROOT,
            env=environment(self.var, self.port) | {"DJANGO_SETTINGS_MODULE": "supportnet.settings"},
            check=True,
            stdout=subprocess.PIPE,
        )
        return json.loads(done.stdout)

    def get(self, path):
        """Status and body of a page; (0, "") while nobody answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (URLError, OSError):
            return 0, ""

    def children(self):
        """The pids of our children."""
        pid = self.process.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def family(self):
        """The pids of our children and theirs."""
        found = self.children()
        for pid in list(found):
            found += [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return found

    def ready(self):
        """Whether database, broker, beat and worker are all well."""
        return self.get("/readyz")[0] == 200

    def end(self):
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(15)

    def end_if_need_be(self):
        """Leave nothing running, whatever a test did."""
        if self.process.poll() is None:
            self.end()


def environment(var, port):
    """What `manage.py` needs to know, and nothing of what the tests have for themselves."""
    names = ("PATH", "LANG", "HOME", *moment.INHERITED)
    keep = {name: os.environ[name] for name in names if name in os.environ}
    return keep | {"SUPPORTNET_VAR": str(var), "PORT": str(port), "DEMO": "0"}


def furniture():
    """The folder from which installations are furnished, made by whichever test comes first."""
    folder = Path(os.environ["TEST_SERVICES"]) / "furniture"
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "static.stamp").exists():
            subprocess.run(
                [sys.executable, "-c", PREPARE],
                cwd=ROOT,
                env=environment(folder, free_port()),
                stdout=subprocess.DEVNULL,
                check=True,
            )
    return folder


def until(true, seconds=60):
    """Wait until `true()`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.05)


def is_gone(pid):
    """Whether a process has ended (a zombie that nobody buries counts as ended)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
