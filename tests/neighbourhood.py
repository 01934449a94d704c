"""`python -m tests.neighbourhood PEOPLE REQUESTS TIMES`: fills the database that the environment names.

People of one circle, and requests with so many times each, made by the verbs; prints as JSON what can be read and
claimed. Places are contested: every other time has one place, the others three.
"""

import datetime as dt
import json
import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402  (after the apps are there)

from tests.cast import ask, make_circle, make_person  # noqa: E402

# Nobody in it ever sleeps, so that mails go out at any hour.
AWAKE = {"quiet_from": dt.time(0), "quiet_until": dt.time(0)}
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
ALONE, TOGETHER = 1, 3


def settle(people, requests, times):
    """{"emails", "circle", "requests", "slots"}; nobody hears of the requests, which would be mails for all."""
    keeper = make_person("Keeper", **AWAKE)
    helpers = [make_person(f"Helper{number}", **AWAKE) for number in range(people)]
    circle = make_circle(keeper, *helpers)
    circle.memberships.update(hears="never")
    asked = [_ask(keeper, circle, number, times) for number in range(requests)]
    return {
        "emails": [person.email for person in helpers],
        "circle": circle.pk,
        "requests": [help_request.pk for help_request in asked],
        "slots": [pk for help_request in asked for pk in help_request.slots.values_list("pk", flat=True)],
    }


def _ask(keeper, circle, number, times):
    help_request = ask(keeper, circle, title=f"Supper {number}")
    first = (timezone.now() + 4 * DAY).replace(minute=0, second=0, microsecond=0)
    for count in range(1, times):
        starts_at = first + count * DAY
        capacity = TOGETHER if count % 2 else ALONE
        help_request.add_slot(
            by=keeper, at=timezone.now(), starts_at=starts_at, ends_at=starts_at + HOUR, capacity=capacity
        )
    return help_request


if __name__ == "__main__":
    print(json.dumps(settle(*map(int, sys.argv[1:]))))
