from supportnet.notices.models.heartbeat import Heartbeat
from supportnet.notices.models.notice import NOT_BY_MAIL, Notice
from supportnet.notices.models.turned_down import TurnedDown

__all__ = ["NOT_BY_MAIL", "Heartbeat", "Notice", "TurnedDown"]
