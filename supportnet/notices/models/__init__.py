from supportnet.notices.models.heartbeat import Heartbeat
from supportnet.notices.models.notice import NOT_BY_MAIL, Notice

__all__ = ["NOT_BY_MAIL", "Heartbeat", "Notice"]
