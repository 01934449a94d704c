"""A Redis that is away breaks no page."""

import socket
import subprocess
import time
from contextlib import contextmanager

import pytest
from redis.backoff import NoBackoff
from redis.retry import Retry

from supportnet import broker
from supportnet.cache import EnduringClient, SharedCache

# The error that /readyz names, and how a server comes to refuse what is written.
REFUSING = {
    "OutOfMemoryError": ("--maxmemory", "1"),
    "ResponseError": ("--min-replicas-to-write", "1"),
    "AuthenticationError": ("--requirepass", "secret"),
    "ReadOnlyError": ("--replicaof", "127.0.0.1", "9", "--replica-serve-stale-data", "yes"),
}
OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 1, "retry": Retry(NoBackoff(), 1)}


def cache_at(url):
    """The cache as the settings make it, with nothing remembered of a Redis that was away."""
    EnduringClient.again_at = 0.0
    return SharedCache(url, {"OPTIONS": OPTIONS})


def use(cache):
    """Everything that Django and allauth do with a cache."""
    cache.clear()
    assert cache.add("a", 1)
    assert not cache.add("a", 2)
    cache.set("b", [1, 2], 60)
    cache.set_many({"c": 3, "d": 4}, 60)
    assert cache.incr("a") == 2
    assert cache.get_many(["b", "c", "e"]) == {"b": [1, 2], "c": 3}
    assert cache.touch("b", 60)
    assert cache.delete("b")
    cache.delete_many(["c", "d"])
    assert [name for name in "abcd" if cache.has_key(name)] == ["a"]
    assert cache.get("nothing", "else") == "else"


def test_without_redis_the_process_remembers_by_itself():
    use(cache_at("redis://127.0.0.1:9/0"))


def test_a_redis_that_swallows_everything_holds_a_page_once():
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen()
        started = time.monotonic()

        use(cache_at(f"redis://127.0.0.1:{hole.getsockname()[1]}/0"))

        assert time.monotonic() - started < 3


@contextmanager
def redis_with(path, *options):
    """A real server that listens on `path`, with further options."""
    server = subprocess.Popen([*broker.command(path), *options], stdout=subprocess.DEVNULL)
    try:
        while not path.exists():
            time.sleep(0.01)
        yield f"unix://{path}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.slow
def test_with_redis_all_processes_share_it(tmp_path):
    with redis_with(tmp_path / "b.sock") as url:
        use(cache_at(url))
        cache_at(url).set("shared", "yes")

        assert cache_at(url).get("shared") == "yes"
    assert cache_at(url).get("shared") is None


@pytest.mark.slow
@pytest.mark.parametrize("why", REFUSING)
def test_a_redis_that_answers_and_refuses_breaks_no_page_and_is_said(db, client, settings, tmp_path, why):
    with redis_with(tmp_path / "b.sock", *REFUSING[why]) as url:
        settings.REDIS_URL = url
        use(cache_at(url))

        assert client.get("/readyz").json()["broker"] == why
