"""A wrong setting is one clear line that names the variable, and never repeats a password."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from supportnet import environment

ROOT = Path(__file__).resolve().parents[2]

WRONG = {
    "ALLOWED_HOSTS": ["https://support.example.org", "a b"],
    "CONN_MAX_AGE": ["-1"],
    "DATABASE_URL": ["mysql://me:hush@db/name", "supportnet", "postgresql://me:hush@db:port/name", "sqlite"],
    "DEBUG": ["maybe"],
    "DEFAULT_FROM_EMAIL": ["somebody", "a@b@c", "SupportNet <nobody>"],
    "DISABLE_SERVER_SIDE_CURSORS": ["perhaps"],
    "EMAIL_URL": [
        "smtp://",
        "mail.example.org",
        "imap://me:hush@host",
        "smtp://me:hush@host:port",
        "smtp://h?ssl=1",
    ],
    "HSTS_SECONDS": ["-1", "a year", "63072001"],
    "HSTS_SUBDOMAINS": ["some"],
    "LOG_LEVEL": ["LOUD"],
    "PORT": ["0", "70000", "http", "80.5", "²"],
    "PROXIES": ["-1", "many"],
    "REDIS_URL": ["redis://", "amqp://me:hush@host", "redis://host:port", "unix://", "redis://host/name"],
    "SITE_URL": [
        "example.org",
        "ftp://example.org",
        "https://",
        "https://example.org/app",
        "http://me:hush@host",
    ],
    "TIME_ZONE": ["Mars/Olympus", "../etc/passwd", "Europe"],
}


def manage(*words, **variables):
    """Run manage.py with nothing in the environment but `variables`."""
    clean = {name: os.environ[name] for name in ("PATH", "SUPPORTNET_VAR", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={"DATABASE_URL": "sqlite://:memory:", "REDIS_URL": "memory://", **clean, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_wrong_value_is_one_line_that_names_the_variable(name):
    ended = manage("check", **{name: WRONG[name][0]})

    lines = ended.stderr.strip().splitlines()
    assert ended.returncode == 1
    assert len(lines) == 1
    assert lines[0].startswith(f"SupportNet cannot start: {name} should be ")
    assert "hush" not in lines[0]


READERS = {
    "ALLOWED_HOSTS": lambda: environment.hosts("ALLOWED_HOSTS", []),
    "CONN_MAX_AGE": lambda: environment.number("CONN_MAX_AGE", 60, least=0, most=86400),
    "DATABASE_URL": lambda: environment.database("DATABASE_URL", ""),
    "DEBUG": lambda: environment.flag("DEBUG"),
    "DEFAULT_FROM_EMAIL": lambda: environment.address("DEFAULT_FROM_EMAIL", ""),
    "DISABLE_SERVER_SIDE_CURSORS": lambda: environment.flag("DISABLE_SERVER_SIDE_CURSORS"),
    "EMAIL_URL": lambda: environment.email("EMAIL_URL"),
    "HSTS_SECONDS": lambda: environment.number("HSTS_SECONDS", 3600, least=0, most=2 * 365 * 86400),
    "HSTS_SUBDOMAINS": lambda: environment.flag("HSTS_SUBDOMAINS"),
    "PORT": lambda: environment.number("PORT", 8000, least=1, most=65535),
    "PROXIES": lambda: environment.number("PROXIES", 0, least=0, most=5),
    "REDIS_URL": lambda: environment.broker("REDIS_URL", ""),
    "SITE_URL": lambda: environment.site_url("SITE_URL", ""),
    "TIME_ZONE": lambda: environment.zone("TIME_ZONE", "UTC"),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in sorted(READERS) for value in WRONG[name]]
)
def test_what_is_wrong_is_refused_without_repeating_it(name, value, monkeypatch):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured) as refused:
        READERS[name]()

    assert str(refused.value).startswith(f"{name} should be ")
    assert "hush" not in str(refused.value)


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("PORT", " ")

    assert environment.number("PORT", 8000, least=1, most=65535) == 8000


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password", "tls", "ssl"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, "", "", False, False),
        ("smtp://me%40here:p%2Fw@mail:2525?tls=1", "mail", 2525, "me@here", "p/w", True, False),
        ("smtp://me:pw@mail?tls=1", "mail", 587, "me", "pw", True, False),
        ("smtps://me:pw@mail", "mail", 465, "me", "pw", False, True),
    ],
)
def test_a_mail_server_is_one_url(monkeypatch, url, host, port, user, password, tls, ssl):
    monkeypatch.setenv("EMAIL_URL", url)

    assert environment.email("EMAIL_URL") == {
        "EMAIL_HOST": host,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": password,
        "EMAIL_USE_TLS": tls,
        "EMAIL_USE_SSL": ssl,
    }


def test_celery_knows_a_socket_by_its_own_name():
    assert (
        environment.celery_broker("unix:///run/broker.sock?db=2")
        == "redis+socket:///run/broker.sock?virtual_host=2"
    )
    assert environment.celery_broker("redis://host:6379/1") == "redis://host:6379/1"


def test_a_socket_fits_where_the_folder_is_deep():
    deep = Path("/" + "deep/" * 40)

    assert environment.socket_path(Path("/srv/var")) == Path("/srv/var/broker.sock")
    assert len(str(environment.socket_path(deep))) <= environment.LONGEST_SOCKET_PATH


def test_the_secret_is_made_once_and_nobody_else_can_read_it(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY")
    path = tmp_path / "secret_key"

    key = environment.secret_key("SECRET_KEY", path)

    assert environment.secret_key("SECRET_KEY", path) == key
    assert len(key) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_behind_tls_cookies_belong_to_this_host_alone():
    words = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)"
    )

    public = manage(
        "shell", "-v0", "-c", words, SITE_URL="https://support.example.org", EMAIL_URL="smtp://mail"
    )
    here = manage("shell", "-v0", "-c", words)

    assert public.stdout.split() == ["__Host-session", "__Host-csrf", "True", "3600"]
    assert here.stdout.split() == ["session", "csrf", "False", "0"]


@pytest.mark.slow
def test_a_public_address_without_a_mail_server_is_refused():
    ended = manage("check", SITE_URL="https://support.example.org")

    assert ended.returncode == 1
    assert "supportnet.E003" in ended.stderr
