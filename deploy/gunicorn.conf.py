"""Gunicorn in deploy/: the same web server as `make run`, which `supportnet/web.py` describes."""

import os
import sys

# Gunicorn reads this file before it looks into our folder.
sys.path.insert(0, os.getcwd())

from supportnet.web import GUNICORN

globals().update(GUNICORN)
bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS") or 2 * (os.cpu_count() or 1))
graceful_timeout = 10
