"""One ask of the demo, as text and habit; when and by whom it is asked is the builders' business."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ask:
    """What somebody could need. `bringing` and `notes` are what helpers say, `answers` what they know."""

    category: str
    title: str
    would_help: str
    would_not_help: str = ""
    how_done: str = ""
    timing: str = "once"
    hour: int | None = None
    minutes: int | None = None
    weekdays: tuple = ()
    capacity: int | None = 1
    importance: str = "helps"
    wanted: str = ""
    tags: str = ""
    doorstep: str | None = None
    details: dict = field(default_factory=dict)
    bringing: tuple = ()
    notes: tuple = ()
    answers: tuple = ()
