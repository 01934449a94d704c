"""A whole installation of its own: broker, web, worker and beat as processes, on the tests' PostgreSQL.

The commands are those of deploy/. Each process can be started, killed and started again by itself.
"""

import contextlib
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import redis
from celery import Celery
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from supportnet import broker, environment
from supportnet.notices import personal_links

from . import moment
from .smtp import Sink, free_port

ROOT = Path(__file__).resolve().parents[1]
WORKER = ("worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING")
WEB = ("--config", "deploy/gunicorn.conf.py", "supportnet.wsgi")


class Installation:
    """Processes by name: "broker", "web", "worker", "beat"; with a 2 behind it, one more of a kind."""

    def __init__(self, folder):
        self.folder = folder
        self.sink = Sink().start()
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.socket = folder / "broker" / "broker.sock"
        self.processes = {}
        self.environment = {
            **{
                name: os.environ[name]
                for name in ("PATH", "HOME", "LANG", "SECRET_KEY", *moment.INHERITED)
                if name in os.environ
            },
            "SUPPORTNET_VAR": str(settings.VAR),
            "DATABASE_URL": database_url(),
            "REDIS_URL": f"unix://{self.socket}",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "SITE_URL": self.url,
            "PORT": str(self.port),
            "BIND": f"127.0.0.1:{self.port}",
            "WEB_WORKERS": "1",
            "PYTHONWARNINGS": "ignore",
        }

    def start(self, *names):
        """Start processes; returns once the web answers, if it is among them."""
        for name in names:
            with open(self.log(name), "a") as log:
                self.processes[name] = subprocess.Popen(
                    self._command(name.rstrip("2")),
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        if "broker" in names:
            self.wait(self.socket.exists, "the broker's socket")
        if "web" in names:
            self.wait(lambda: self.get("/healthz") == 200, "the web")
        return self

    def _command(self, name):
        match name:
            case "broker":
                return broker.command(self.socket)
            case "web":
                return [sys.executable, "-m", "gunicorn", *WEB]
            case "worker":
                return [sys.executable, "-m", "celery", "--app", "supportnet", *WORKER]
            case "beat":
                return [
                    sys.executable,
                    "-m",
                    "celery",
                    "--app",
                    "supportnet",
                    "beat",
                    "--loglevel",
                    "WARNING",
                ]

    def log(self, name):
        """The file with what a process had to say."""
        return self.folder / f"{name}.log"

    def kill(self, name, number=signal.SIGKILL):
        """End a process and its children, by default without a chance to say goodbye."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        process.wait(20)
        if name == "broker":
            self.socket.unlink(missing_ok=True)

    def stop(self):
        """End everything."""
        for name in reversed(list(self.processes)):
            self.kill(name, signal.SIGKILL if name == "broker" else signal.SIGTERM)
        self.sink.stop()

    def get(self, path):
        """The status of a page; 0 while nobody answers."""
        try:
            with urlopen(self.url + path, timeout=10) as response:  # noqa: S310 (our own address)
                return response.status
        except HTTPError as error:
            error.close()
            return error.code
        except (URLError, OSError):
            return 0

    def post(self, path, person, **fields):
        """The status of a form sent by `person`, whose session is made for it."""
        token = secrets.token_hex(16)
        session = cookie_of(person, self)
        cookies = {session["name"]: session["value"], settings.CSRF_COOKIE_NAME: token}
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        with contextlib.closing(HTTPConnection("localhost", self.port, timeout=30)) as browser:
            browser.request("POST", path, urlencode({"csrfmiddlewaretoken": token, **fields}), headers)
            return browser.getresponse().status

    def wait(self, until, what, seconds=20):
        """Wait until `until()` is true and return what it gave; else fail with what the processes said."""
        deadline = time.monotonic() + seconds
        while not (found := until()):
            if time.monotonic() > deadline:
                said = "\n".join(self.log(name).read_text()[-2000:] for name in self.processes)
                raise AssertionError(f"Waited {seconds} seconds for {what}.\n{said}")
            time.sleep(0.05)
        return found

    def redis(self):
        """A client of the broker."""
        return redis.Redis(unix_socket_path=str(self.socket))

    @property
    def prefix(self):
        """What stands before every key of ours on the broker."""
        return f"supportnet-{environment.short_hash(self.url)}:"

    @property
    def queue(self):
        """The key of the list of tasks that nobody has taken yet."""
        return f"{self.prefix}supportnet"

    def wake(self, task="notices.deliver"):
        """Send a task, as beat or a page would."""
        url = environment.celery_broker(self.environment["REDIS_URL"])
        with Celery(broker=url, set_as_current=False) as app:
            app.conf.broker_transport_options = {"global_keyprefix": self.prefix}
            app.send_task(task, queue="supportnet", ignore_result=True)

    def forget_limits(self):
        """Let nobody's count of attempts be another test's trouble."""
        with self.redis() as client:
            if keys := client.keys(f"{self.prefix}cache*"):
                client.delete(*keys)

    def mails_to(self, address):
        """What the mail server took for this address, oldest first."""
        return [Letter(mail) for mail in list(self.sink.mails) if mail["To"] == address]

    def mail_to(self, address, about="", seconds=20):
        """The latest letter to this address whose subject or text holds `about`, waited for."""

        def latest():
            return [letter for letter in self.mails_to(address) if about in letter.subject + letter.text][-1:]

        return self.wait(latest, f"a mail to {address} about {about!r}", seconds)[0]


class Letter:
    """A mail as its reader sees it."""

    def __init__(self, mail):
        self.mail = mail
        self.subject = mail["Subject"]
        self.text = mail.get_body(("plain",)).get_content()
        self.html = mail.get_body(("html",)).get_content()

    @property
    def links(self):
        """The addresses in the text."""
        return re.findall(r"https?://[^\s<>]+", self.text)

    def link(self, part):
        """The path of the last of the links that lead to the one page whose address holds `part`."""
        found = {page: path for page, path in map(leading_to, self.links) if part in page}
        assert len(found) == 1, (part, self.text)
        return found.popitem()[1]

    @property
    def code(self):
        """The sign-in code."""
        return re.search(r"\d{4}-\d{4}", self.text)[0]

    @property
    def calendar(self):
        """The calendar file that came with it, as text."""
        (file,) = [part for part in self.mail.iter_attachments() if part.get_filename().endswith(".ics")]
        content = file.get_content()
        return content if isinstance(content, str) else content.decode()


def database_url():
    """The tests' own database, as other processes reach it."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return parts._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def cookie_of(person, installation):
    """The cookie of a session in which `person` is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": installation.url}


def leading_to(link):
    """The page behind an address in a mail, and the path to go there: most are the reader's own (`/go/…`)."""
    path = urlsplit(link).path
    if not path.startswith("/go/"):
        return path, path
    return personal_links.read(path.split("/")[2])[1].partition("#")[0], path
