"""What somebody types into the form of a new request."""

import uuid

from django.utils import timezone

from tests.cast import DAY


def a_day(days=3):
    """A date so many days ahead, as a browser sends it."""
    return (timezone.localdate() + days * DAY).isoformat()


def ask_fields(circle, **typed):
    """A meal in three days, one helper, seen by everyone; `typed` replaces or adds, None leaves out."""
    fields = {
        "circle": circle.pk,
        "category": "meal",
        "title": "Supper for four",
        "importance": "helps",
        "timing": "once",
        "date": a_day(),
        "start": "18:00",
        "end": "19:00",
        "helpers": "1",
        "up_to": "3",
        "form_key": str(uuid.uuid4()),
        **typed,
    }
    return {name: value for name, value in fields.items() if value is not None}


def several_days(**typed):
    """The fields of a series: Mondays and Thursdays for three weeks."""
    series = {"weekdays": ["1", "4"], "starts_on": a_day(1), "until": a_day(21)}
    return {"timing": "series", **series, "local_start": "17:30", "minutes": "60", **typed}
