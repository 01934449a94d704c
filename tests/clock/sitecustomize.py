"""Python runs this at the start of every process whose PYTHONPATH leads here: it lives so far ahead of the clock.

The tests put this folder into the environment of the processes that they start (`tests/moment.py`).
"""

import datetime as dt
import os

if ahead := os.environ.get("TEST_CLOCK_AHEAD"):
    import time_machine

    time_machine.travel(dt.timedelta(seconds=float(ahead)), tick=True).start()
    # The clock stands until it is looked at for the first time.
    dt.datetime.now(dt.UTC)
