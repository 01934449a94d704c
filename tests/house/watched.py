"""A browser that looks at whatever it gets: the security headers, and what a refusal wrote into the log."""

import logging

from django.test import Client

from supportnet import logs

HEADERS = {
    "X-Content-Type-Options": {"nosniff"},
    "Referrer-Policy": {"same-origin"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
    # A mail in the mailbox stands in a frame of our own page.
    "X-Frame-Options": {"DENY", "SAMEORIGIN"},
    "X-Robots-Tag": {"noindex, nofollow"},
}
# What no policy of ours opens. Frames and forms are for each page to say.
POLICY = ("default-src 'none'", "base-uri ", "frame-ancestors ", "form-action ")


def lacking(response):
    """The headers that an answer should have and has not."""
    policy = response.headers.get("Content-Security-Policy", "").split("; ")
    return [
        *(name for name, values in HEADERS.items() if response.headers.get(name) not in values),
        *(part for part in POLICY if not any(directive.startswith(part) for directive in policy)),
        *(
            []
            if "geolocation=()" in response.headers.get("Permissions-Policy", "")
            else ["Permissions-Policy"]
        ),
    ]


class Log(logging.Handler):
    """The log as an installation writes it, from `with` on."""

    def __init__(self):
        super().__init__()
        self.text = ""
        self.setFormatter(logs.Discreet())

    def emit(self, record):
        """Called by logging."""
        self.text += self.format(record) + "\n"

    def __enter__(self):
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *error):
        logging.getLogger().removeHandler(self)


class Browser(Client):
    """Fails where an answer lacks a header, or where a refusal is more than one line in the log or names anybody."""

    def __init__(self, *args, names=(), **kwargs):
        self.names = names
        super().__init__(*args, **kwargs)

    def request(self, **environ):
        """One request, looked at."""
        with Log() as log:
            response = super().request(**environ)
        where = f"{environ.get('REQUEST_METHOD', 'GET')} {environ.get('PATH_INFO')} ({response.status_code})"
        assert lacking(response) == [], where
        if 400 <= response.status_code < 500:
            assert log.text.count("\n") <= 1, f"{where}\n{log.text}"
            assert [name for name in self.names if name in log.text] == [], where
        return response
