"""Work that is due by the clock. Apps register sweeps; beat runs them all every minute."""

import logging

logger = logging.getLogger(__name__)
_sweeps = []


def sweep(function):
    """Decorator: run `function(at)` every minute. It asks what is due and not done, never "exactly now"."""
    _sweeps.append(function)
    return function


def run_all(at):
    """Run every sweep; one that fails is logged and does not hold up the others."""
    for function in _sweeps:
        try:
            function(at)
        except Exception:
            logger.exception("The sweep %s failed.", function.__qualname__)
