"""The app of the web, with one page more that keeps its thread for a second; for `tests/house/test_busy_threads.py`."""

import time

from supportnet.wsgi import application as ours


def application(environ, start_response):
    """What gunicorn calls."""
    if environ["PATH_INFO"] == "/slow/":
        time.sleep(1)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
        return [b"slow\n"]
    return ours(environ, start_response)
