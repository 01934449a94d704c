"""One delivering process: `python -m tests.faults.deliverer MINUTES` sends what is due so much later."""

import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402  (after the apps are there)

from supportnet.notices.delivery import deliver  # noqa: E402

print("ready", flush=True)
deliver(at=timezone.now() + timedelta(minutes=float(sys.argv[1])))
