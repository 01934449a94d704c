"""The cache that all processes share: limits on signing in need to be counted in one place."""

import time

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

# Seconds to leave a Redis alone that did not answer, or said that it can't (full, read-only, loading): a page waits
# for it once and not ten times.
PAUSE = 5


def _enduring(name):
    def method(self, *args, **kwargs):
        if time.monotonic() >= EnduringClient.again_at:
            try:
                return getattr(RedisCacheClient, name)(self, *args, **kwargs)
            except RedisError:
                EnduringClient.again_at = time.monotonic() + PAUSE
        return getattr(self.meanwhile, name)(*args, **kwargs)

    return method


class EnduringClient(RedisCacheClient):
    """Redis while it answers; else the memory of this process, so that limits still hold somewhat."""

    again_at = 0.0

    def __init__(self, servers, **options):
        super().__init__(servers, **options)
        self.meanwhile = LocMemCache("meanwhile", {})

    add = _enduring("add")
    get = _enduring("get")
    set = _enduring("set")
    touch = _enduring("touch")
    delete = _enduring("delete")
    get_many = _enduring("get_many")
    has_key = _enduring("has_key")
    incr = _enduring("incr")
    set_many = _enduring("set_many")
    delete_many = _enduring("delete_many")
    clear = _enduring("clear")


class SharedCache(RedisCache):
    """Django's Redis cache that never breaks a page: without Redis it forgets, it does not fail."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = EnduringClient
