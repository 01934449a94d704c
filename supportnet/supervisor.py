"""Starts the processes of one installation, starts again what dies, and ends them all together.

Children are forked from here after everything is loaded, so that they share its memory and are up at once.
Each stands in a session of its own: Ctrl-C reaches them through us only, and once. When we are killed, the
kernel ends them (Linux).
"""

import ctypes
import os
import select
import signal
import sys
import time
import traceback

# Seconds for all but the first child together to end by themselves; the first, which ends last, has one more.
GRACE = 5
# At most; half a second after the first death, and twice as long after each that follows soon.
LONGEST_PAUSE = 30
# A child that lived for so many seconds was well; its next death starts counting afresh.
WELL_AFTER = 60
# From <sys/prctl.h>: a child hears when its parent dies.
PR_SET_PDEATHSIG = 1
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def program(command, log):
    """Work for a child: become another program, which writes what it has to say to the file `log`."""

    def work():
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.execv(command[0], command)  # noqa: S606 (our own words, and no shell is wanted)

    return work


class Child:
    """One process that should always run: a name for the log, and the work to be done in it."""

    def __init__(self, name, work):
        self.name = name
        self.work = work
        self.pid = None
        self.deaths = 0
        self.started_at = 0.0
        self.start_at = 0.0

    def start(self):
        """Fork; in the child, do the work and never come back."""
        parent = os.getpid()
        self.started_at = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(self._live(parent))

    def _live(self, parent):
        try:
            os.setsid()
            _end_with(parent)
            for number in (*ENDINGS, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            signal.set_wakeup_fd(-1)
            self.work()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 0
        except BaseException:
            traceback.print_exc()
            return 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
        return 0

    def died(self, now):
        """Plan the next start, the later the more short lives there were; returns the seconds to wait."""
        self.deaths = 1 if now - self.started_at > WELL_AFTER else self.deaths + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (self.deaths - 1))
        self.pid, self.start_at = None, now + pause
        return pause

    def signal(self, number):
        """Send a signal, if it still lives."""
        if self.pid:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                pass


def _end_with(parent):
    """Ask the kernel for SIGTERM when `parent` dies, even by kill -9; and look whether it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(0)


class Supervisor:
    """Keeps children alive until it is told to end."""

    def __init__(self, say):
        self.say = say
        self.children = []
        self.ending = False
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in ENDINGS:
            signal.signal(number, self._end)

    def _end(self, *_):
        self.ending = True

    def add(self, name, work):
        """Start one more child; it is ended in the opposite order."""
        child = Child(name, work)
        self.children.append(child)
        child.start()
        return child

    def watch(self):
        """Start again whatever dies, until the end; then end everything."""
        while not self.ending:
            self._bury()
            self._restart()
            self._wait(self._pause())
        self.stop()

    def stop(self):
        """End the children kindly, the last first; whoever does not end in time is killed."""
        deadline = time.monotonic() + GRACE
        first, *others = self.children or [None]
        self._end_group(others, deadline)
        if first:
            self._end_group([first], deadline + 1)

    def _end_group(self, children, deadline):
        for child in children:
            child.signal(signal.SIGTERM)
        while any(child.pid for child in children) and time.monotonic() < deadline:
            self._wait(0.05)
            self._bury(quietly=True)
        for child in children:
            child.signal(signal.SIGKILL)

    def _bury(self, quietly=False):
        for child in self.children:
            if child.pid and _is_over(child.pid):
                pause = child.died(time.monotonic())
                if not quietly:
                    self.say(f"The {child.name} process ended; it starts again in {pause:g} seconds.")

    def _restart(self):
        for child in self.children:
            if child.pid is None and child.start_at <= time.monotonic():
                child.start()

    def _pause(self):
        starts = [child.start_at - time.monotonic() for child in self.children if child.pid is None]
        return max(0, min(starts)) if starts else None

    def _wait(self, seconds):
        """Sleep until a signal comes (a child's death is one), or for so many seconds; None is for ever."""
        if select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 512)


def _is_over(pid):
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
