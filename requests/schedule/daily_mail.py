"""When the daily mail goes out, for whoever wants one mail a day."""

import datetime as dt

from circles.zones import zone_named

DAY = dt.timedelta(days=1)


def next_daily_mail(at, *, zone, digest_at):
    """The UTC time of the first daily mail from `at` on, for somebody in the time zone named `zone`."""
    zone = zone_named(zone)
    date = at.astimezone(zone).date()
    due = dt.datetime.combine(date, digest_at, tzinfo=zone).astimezone(dt.UTC)
    return due if due >= at else dt.datetime.combine(date + DAY, digest_at, tzinfo=zone).astimezone(dt.UTC)
