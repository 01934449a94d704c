"""The order in which things are measured."""

import sys
import time
from importlib import import_module

from . import lists, world

# What is measured in a folder of its own.
WITHOUT_WORLD = {"starting", "load"}


def everything(asked):
    """Whatever `asked.only` names; the list is looked at before and after the world has grown."""
    here = None if WITHOUT_WORLD.issuperset(asked.only) else _built(asked)
    for matter in asked.only:
        if matter != "lists":
            began = time.monotonic()
            import_module(f"{__package__}.{matter}").measure(here, asked)
            _note(f"{matter}: {time.monotonic() - began:.0f} s")


def _built(asked):
    started = time.monotonic()
    here = world.grow(world.build(asked.people), asked.requests // 10)
    before = lists.look(here)
    world.grow(here, asked.requests)
    _note(f"The world stands after {time.monotonic() - started:.0f} s.")
    if "lists" in asked.only:
        lists.compare(here, before, lists.look(here))
    return here


def _note(words):
    print(words, file=sys.stderr, flush=True)
