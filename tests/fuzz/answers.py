"""What every answer owes, whatever was asked."""

import traceback

HEADERS = (
    *("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"),
    *("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "X-Frame-Options", "X-Robots-Tag"),
)


def unsafe(response):
    """What is wrong with an answer: a status of 500 and above, and each header that is missing."""
    faults = [f"status {response.status_code}"] if response.status_code >= 500 else []
    return faults + [f"no {header}" for header in HEADERS if not response.has_header(header)]


def faults_of(ask):
    """The answer of `ask()` and what is wrong with it; an exception is a fault, and then there is no answer."""
    try:
        response = ask()
    except Exception:  # whatever it is, the walk goes on and tells it at the end
        return None, [traceback.format_exc(limit=-3)[-600:]]
    return response, unsafe(response)
