"""Somebody signed in, who calls the WSGI application as gunicorn would, in this very process."""

import io
import sys
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

SECRET = "0123456789abcdef" * 2


class Answer:
    """Status, headers and body of one answer."""

    def __call__(self, status, headers, exc_info=None):
        self.status, self.headers = int(status.split()[0]), dict(headers)


class Browser:
    """Keeps a session cookie; signed out without a person."""

    def __init__(self, person=None):
        self.cookies = f"{settings.CSRF_COOKIE_NAME}={SECRET}"
        if person:
            client = Client()
            client.force_login(person)
            self.cookies += (
                f"; {settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
            )

    def get(self, path, **headers):
        """The answer to a GET."""
        return self._ask("GET", path, b"", headers)

    def post(self, path, body=b""):
        """The answer to a POST that carries the CSRF token."""
        return self._ask("POST", path, body, {"HTTP_X_CSRFTOKEN": SECRET})

    def queries(self, path):
        """How many queries a GET makes."""
        self.get(path)
        with CaptureQueriesContext(connection) as seen:
            self.get(path)
        return len(seen)

    def _ask(self, method, path, body, headers):
        path, _, query = path.partition("?")
        answer = Answer()
        parts = application()(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REMOTE_ADDR": "127.0.0.1",
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "8000",
                "HTTP_HOST": "localhost:8000",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "wsgi.url_scheme": "http",
                "wsgi.version": (1, 0),
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": sys.stderr,
                "HTTP_COOKIE": self.cookies,
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(body)),
                **headers,
            },
            answer,
        )
        answer.body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        return answer


@lru_cache
def application():
    """The application, with all its middleware."""
    from supportnet.wsgi import application

    return application
