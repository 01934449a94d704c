from supportnet.notices.models.heartbeat import Heartbeat
from supportnet.notices.models.notice import Notice

__all__ = ["Heartbeat", "Notice"]
