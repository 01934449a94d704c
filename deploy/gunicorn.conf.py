"""Gunicorn behind a reverse proxy that buffers: processes rather than threads suit pages like ours."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS") or 2 * (os.cpu_count() or 1))
preload_app = True
control_socket_disable = True
graceful_timeout = 10
timeout = 60
loglevel = "warning"
