"""One file for each category; each says all about it in an `entry`."""

import pkgutil
from importlib import import_module

from ..spec import RequestKind

# In the order in which they are offered.
KINDS = [RequestKind.INSTRUMENTAL, RequestKind.EMOTIONAL, RequestKind.INFORMATIONAL]


def entries():
    """The `entry` of every file here, by kind and then in the order that they give themselves."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    found = [import_module(f"{__name__}.{name}").entry for name in names]
    return sorted(found, key=lambda entry: (KINDS.index(entry.kind), entry.order))
