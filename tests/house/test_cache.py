"""A Redis that is away breaks no page."""

import socket
import subprocess
import time

import pytest
from redis.backoff import NoBackoff
from redis.retry import Retry

from supportnet import broker
from supportnet.cache import EnduringClient, SharedCache

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


@pytest.mark.slow
def test_with_redis_all_processes_share_it(tmp_path):
    path = tmp_path / "b.sock"
    server = subprocess.Popen(broker.command(path), stdout=subprocess.DEVNULL)
    try:
        while not path.exists():
            time.sleep(0.01)
        use(cache_at(f"unix://{path}"))
        cache_at(f"unix://{path}").set("shared", "yes")

        assert cache_at(f"unix://{path}").get("shared") == "yes"
    finally:
        server.terminate()
        server.wait(10)
    assert cache_at(f"unix://{path}").get("shared") is None
