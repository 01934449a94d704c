"""What stands on Today: sections by urgency, each row with the one thing to do about it."""

from dataclasses import dataclass, field


@dataclass
class Concern:
    """One row. `url` is where the one action is; `post` says that pressing it acts at once, on what is as `seen`."""

    text: str
    detail: str
    action: str
    url: str
    more: str = ""
    post: bool = False
    seen: str = ""


@dataclass
class Section:
    """Rows of one sort; a small `weight` comes first. `total` counts also those that are not shown."""

    title: str
    weight: int
    rows: list = field(default_factory=list)
    total: int = 0
    url: str = ""

    def __bool__(self):
        return bool(self.rows)

    @property
    def more(self):
        """How many are not shown."""
        return max(self.total - len(self.rows), 0)
