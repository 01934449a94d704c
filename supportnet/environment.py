"""What the environment says, checked: a wrong value is one clear line that names the variable.

An empty variable counts as unset. Values are never repeated in a message, since some of them hold passwords.
"""

import hashlib
import os
import secrets
import stat
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
DATABASES = {"sqlite", "postgres", "postgresql"}
BROKERS = {"redis", "rediss", "unix", "memory"}
# What sockaddr_un holds on the narrowest system that we run on, less the closing zero.
LONGEST_SOCKET_PATH = 103
# What we keep in var/; whatever else lies there is somebody else's to open or close.
KEPT = ("supportnet.sqlite3*", "secret_key*", "mailbox", "static*", "broker*", "run.lock")


def wrong(name, expected):
    """The error for the variable `name`, to be raised; `expected` ends the sentence "NAME should be …"."""
    return ImproperlyConfigured(f"{name} should be {expected}")


def text(name, default=""):
    """The variable's text without surrounding space."""
    return os.environ.get(name, "").strip() or default


def flag(name, default=False):
    """A yes or a no."""
    word = text(name, "1" if default else "0").lower()
    if word not in YES | NO:
        raise wrong(name, "1 (yes) or 0 (no)")
    return word in YES


def number(name, default, *, least, most):
    """A whole number between `least` and `most`."""
    word = text(name, str(default))
    if not (word.isascii() and word.isdigit() and least <= int(word) <= most):
        raise wrong(name, f"a whole number from {least} to {most}")
    return int(word)


def words(name, default=()):
    """A list of words with commas between."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or list(default)


def zone(name, default):
    """The name of a time zone."""
    word = text(name, default)
    try:
        ZoneInfo(word)
    except (ValueError, OSError, LookupError):
        raise wrong(name, "a time zone such as Europe/Lisbon") from None
    return word


def folder(name, default):
    """A folder that we may write in, made if need be, absolute; not one that everybody writes in, like /tmp."""
    path = Path(text(name, str(default))).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise wrong(name, "a folder that can be made and written in") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise wrong(name, "a folder that can be written in")
    if path.stat().st_mode & stat.S_ISVTX:
        raise wrong(name, "a folder of its own")
    return path


def close_to_others(var):
    """Nobody else on this machine enters `var` or reads what we keep there, by an older version of us either."""
    _close(var)
    for pattern in KEPT:
        for path in var.glob(pattern):
            _close(path)
            for inside in path.rglob("*") if path.is_dir() and not path.is_symlink() else ():
                _close(inside)


def close_database_to_others(name):
    """The same for an SQLite database that lies elsewhere, and for the files beside it that belong to it."""
    for path in (name, f"{name}-wal", f"{name}-shm", f"{name}-journal"):
        _close(Path(path))


def _close(path):
    """Take from group and others what they may do. What is not ours to change, `check` tells of (W003)."""
    try:
        mode = path.lstat().st_mode
        if mode & 0o077 and not stat.S_ISLNK(mode):
            path.chmod(mode & 0o700)
    except OSError:
        pass


def site_url(name, default):
    """Where people reach this installation, without a path and without a slash at the end."""
    expected = "an address such as https://support.example.org, without a path"
    parts = _split(name, text(name, default), expected)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise wrong(name, expected)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise wrong(name, expected)
    return f"{parts.scheme}://{parts.netloc}".lower()


def hosts(name, default):
    """Host names that we answer to, as Django wants them."""
    found = words(name, default)
    if any("/" in host or "@" in host or " " in host for host in found):
        raise wrong(name, "host names with commas between, such as support.example.org,localhost")
    return found


def address(name, default):
    """A sender: an e-mail address, with or without a name before it."""
    found = text(name, default)
    bare = found.rpartition("<")[2].rstrip(">")
    if bare.count("@") != 1 or not all(bare.split("@")) or set(found) & set("\r\n"):
        raise wrong(name, "an e-mail address such as SupportNet <support@example.org>")
    return found


def database(name, default):
    """Django's settings for one database, from its URL."""
    expected = "postgresql://user:password@host:5432/name or sqlite:////path/to/file"
    url = text(name, default)
    if urlsplit(url).scheme not in DATABASES:
        raise wrong(name, expected)
    try:
        settings = dj_database_url.parse(url)
    except (ValueError, dj_database_url.ParseError):
        raise wrong(name, expected) from None
    if not settings["NAME"]:
        raise wrong(name, expected)
    return settings


def broker(name, default):
    """The URL of Redis (or Valkey), or `memory://` for a single process, which is for tests only."""
    expected = "redis://host:6379/0, rediss://host:6379/0 or unix:///path/to/socket"
    url = text(name, default)
    parts = _split(name, url, expected)
    if parts.scheme not in BROKERS or (parts.scheme.startswith("redis") and not parts.hostname):
        raise wrong(name, expected)
    if parts.scheme == "unix" and not parts.path.strip("/"):
        raise wrong(name, expected)
    if parts.path.strip("/") and parts.scheme.startswith("redis") and not parts.path.strip("/").isdigit():
        raise wrong(name, expected)
    return url


def celery_broker(url):
    """The same broker as Celery writes it: it knows sockets by another scheme."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


def socket_path(var):
    """Where the embedded broker listens: in `var`, or in the temporary folder where `var` is too deep."""
    path = var / "broker.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    return Path(tempfile.gettempdir()) / f"supportnet-{short_hash(str(var))}" / "broker.sock"


def email(name):
    """Django's e-mail settings from a URL, or None where mail stays in the mailbox of this installation."""
    expected = "smtp://user:password@host:587?tls=1 or smtps://user:password@host:465"
    url = text(name)
    if not url:
        return None
    parts = _split(name, url, expected)
    options = parse_qs(parts.query)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or set(options) - {"tls"}:
        raise wrong(name, expected)
    secure = parts.scheme == "smtps"
    tls = not secure and options.get("tls", ["0"])[-1] in YES
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if secure else 587 if tls else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": tls,
    }


def secret_key(name, path):
    """The key that signs what we send out: from the environment, else made once and kept in `path`."""
    found = text(name)
    if found:
        return found
    if not path.exists():
        _keep_secret(path)
    key = path.read_text().strip()
    if not key:
        raise ImproperlyConfigured(f"{path} is empty: delete it, or set {name}")
    return key


def host_of(url):
    """The host that `url` names, in brackets if it is an IPv6 address."""
    host = urlsplit(url).hostname
    return f"[{host}]" if ":" in host else host


def is_loopback(url):
    """Whether `url` leads to this very machine."""
    return urlsplit(url).hostname in LOOPBACK


def short_hash(word):
    """Eight characters that stand for `word`, so that two installations keep apart."""
    return hashlib.sha256(word.encode()).hexdigest()[:8]


def _split(name, url, expected):
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise wrong(name, expected) from None
    return parts


def _keep_secret(path):
    """Write a new key where nobody else can read it; of several processes at once, the first one wins."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50) + "\n")
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
