"""`manage.py run`: everything that SupportNet needs, on this machine, with one command."""

import errno
import fcntl
import gc
import hashlib
import os
import socket
import sys
import threading
import warnings
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from supportnet import broker, environment, health, web
from supportnet.supervisor import GRACE, Supervisor, program

HOST = "127.0.0.1"
CAST = {"ada": "asks", "bo": "helps", "olga": "organizes"}


class Command(BaseCommand):
    """Prepares what is missing, then starts broker, web, worker and beat and keeps them alive."""

    help = "Run SupportNet on this machine: web, worker, beat, and what of database and broker is not given."

    def handle(self, **options):
        """Everything from the first start to Ctrl-C."""
        if settings.REDIS_URL.startswith("memory:"):
            raise CommandError("REDIS_URL is memory://, which reaches no worker: leave it empty.")
        lock = self.take_lock()
        listener = self.listen()
        supervisor = Supervisor(self.say)
        try:
            self.start(supervisor, listener)
        finally:
            supervisor.stop()
            listener.close()
            lock.close()

    def say(self, line):
        """A line for the person at the terminal."""
        self.stdout.write(line)
        self.stdout.flush()

    def take_lock(self):
        """Two of us on one folder would serve one another's sockets."""
        lock = open(settings.VAR / "run.lock", "a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CommandError(f"SupportNet runs from this folder already ({lock.read().strip()}).") from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {settings.SITE_URL}")
        lock.flush()
        return lock

    def listen(self):
        """The open socket, taken before anything else, so that a taken port is said at once."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, settings.PORT))
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            raise CommandError(
                f"Port {settings.PORT} is taken or not allowed. Choose another one: make run PORT=8001"
            ) from None
        listener.listen(512)
        listener.set_inheritable(True)
        return listener

    def start(self, supervisor, listener):
        """Broker first, since it takes no time; then what is missing; then those that serve."""
        if settings.EMBEDDED_BROKER:
            self.start_broker(supervisor)
        self.prepare()
        if supervisor.ending:
            return
        load_everything()
        supervisor.add("web", lambda: serve(listener))
        supervisor.add("worker", work)
        supervisor.add("beat", beat)
        self.greet()
        supervisor.watch()

    def start_broker(self, supervisor):
        """Valkey on a socket in var/."""
        settings.BROKER_SOCKET.unlink(missing_ok=True)
        try:
            command = broker.command(settings.BROKER_SOCKET)
        except broker.NoBroker as error:
            raise CommandError(str(error)) from None
        supervisor.add("broker", program(command, settings.VAR / "broker.log"))

    def prepare(self):
        """Tables, static files and the demo, each only when missing or out of date."""
        insist(health.disk(), where=settings.VAR)
        if pending_migrations():
            self.say("Preparing the database ...")
            call_command("migrate", interactive=False, verbosity=0)
        insist(health.database(however_large=True), where=settings.DATABASES["default"]["NAME"])
        collect_static_files()
        if self.demo_is_wanted():
            self.say("Filling in a demo (DEMO=0 starts empty) ...")
            call_command("demo", stdout=self.stdout)

    def demo_is_wanted(self):
        """On the first start, on this machine only, unless DEMO=0."""
        return (
            environment.flag("DEMO", True)
            and environment.is_loopback(settings.SITE_URL)
            and "demo" in get_commands()
            and not get_user_model().objects.exists()
        )

    def greet(self):
        """Where to go, and as whom."""
        self.say(f"SupportNet is at {settings.SITE_URL}")
        if get_user_model().objects.filter(email="ada@example.org").exists():
            cast = ", ".join(f"{name}@example.org ({does})" for name, does in CAST.items())
            self.say(f"  Sign in without a password as {cast}.")
        if settings.EMBEDDED_MAIL:
            self.say(f"  Mails, sign-in codes among them, wait at {settings.SITE_URL}/mailbox/")
        self.say("  Ctrl-C ends it.")
        connections.close_all()


def insist(state, *, where):
    """Start with nothing that is out of order."""
    if state != "ok":
        raise CommandError(f"SupportNet cannot start: {state} ({where})")


def pending_migrations():
    """Whether the database lacks a migration."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static_files():
    """Gather and compress the static files when one of them, or a package, has changed."""
    stamp = settings.VAR / "static.stamp"
    state = state_of_static_files()
    if not stamp.exists() or stamp.read_text() != state:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(state)


def state_of_static_files():
    """A fingerprint of our static files and of the packages that bring others."""
    digest = hashlib.sha256((settings.ROOT / "requirements.lock").read_bytes())
    for path in sorted((settings.ROOT / "static").rglob("*")):
        status = path.stat()
        digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}".encode())
    return digest.hexdigest()


def load_everything():
    """Import what the children need, so that they share it instead of loading it once each."""
    for module in ("gunicorn.app.base", "celery.apps.worker", "celery.apps.beat"):
        import_module(module)
    import_module("celery.concurrency.thread")
    import_module("supportnet.wsgi")
    import_module(settings.ROOT_URLCONF)
    for config in apps.get_app_configs():
        if config.module and (settings.ROOT / config.name.replace(".", "/") / "tasks.py").exists():
            import_module(f"{config.name}.tasks")
    connections.close_all()
    gc.collect()
    gc.freeze()


def serve(listener):
    """The web: two processes, as in `deploy/` (supportnet/web.py)."""
    from gunicorn.app.base import BaseApplication

    class Web(BaseApplication):
        def load_config(self):
            for name, value in web_settings(listener).items():
                self.cfg.set(name, value)

        def load(self):
            from supportnet.wsgi import application

            return application

    sys.argv = ["supportnet"]
    Web().run()


def web_settings(listener):
    """Gunicorn's settings on this machine: what `deploy/` has, and its log is ours."""
    return {
        **web.GUNICORN,
        "bind": f"fd://{listener.fileno()}",
        "workers": environment.number("WEB_WORKERS", 2, least=1, most=64),
        "graceful_timeout": 4,
        "logconfig_dict": {
            **settings.LOGGING,
            "loggers": {
                **settings.LOGGING["loggers"],
                "gunicorn.error": {"propagate": True, "handlers": []},
            },
        },
    }


def work():
    """The worker: two threads take what is to be done in the background."""
    from celery.platforms import SecurityWarning
    from celery.signals import worker_shutting_down

    from supportnet.celery import app

    # A worker that looks for its broker does not hear that it should end.
    worker_shutting_down.connect(_end_anyway, weak=False)

    # In a container one is root; Celery's long warning is about pickled messages, of which we take none.
    warnings.simplefilter("ignore", SecurityWarning)
    worker = app.Worker(
        pool="threads",
        concurrency=2,
        quiet=True,
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
    )
    worker.start()
    sys.exit(worker.exitcode)


def _end_anyway(**kwargs):
    last_word = threading.Timer(GRACE, os._exit, [0])
    last_word.daemon = True
    last_word.start()


def beat():
    """Beat: wakes the worker every minute."""
    from supportnet.celery import app

    app.Beat(quiet=True, loglevel="WARNING").run()
