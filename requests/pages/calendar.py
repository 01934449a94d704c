"""What stands on which day: the times of one request, of a circle, or mine.

One query by hand and one for who comes, whatever the number of rows, and plain dicts with words and links written out,
as in `home.py`.
"""

import datetime as dt
from collections import defaultdict

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from circles import time_text
from circles.zones import zone_named
from supportnet.notices.text_direction import joined

from ..models.slot_times import GRACE
from .calendar_helpers import brings, helpers_of
from .calendar_queries import MOST, planned
from .links import link
from .months import DAY, TICK, name_of
from .slot_words import hours, room_in_words

# A fuller day shows one less: the link to all of them takes the last line.
MOST_IN_A_DAY = 4
# A link leads on from the first day that does not fit; no day is torn apart, however full.
MOST_IN_A_LIST = 100
# What a day with many of them shows first.
FIRST = {"mine": 0, "waiting": 0, "open": 1, "taken": 2, "over": 3}


class Calendar:
    """The times of a month, by day, as `person` sees them at the UTC time `at`. Two queries."""

    def __init__(self, person, month, *, at, start=None, **whose):
        self.person, self.month, self.at, self.zone = person, month, at, person.zone
        self.today = at.astimezone(self.zone).date()
        self.start, self.last = start or month.first, month.last
        # An all-day time stands on its circle's date, which begins up to a day earlier or later than the reader's.
        since, until = (self._midnight(date) for date in (self.start - DAY, self.last + 2 * DAY))
        rows = planned(person, since=since, until=until, at=at, **whose)
        self._place(rows)
        # What did not fit in begins on the last day that is here.
        self.ends_on = max(self.by_day) if len(rows) == MOST and self.by_day else None

    def _midnight(self, date):
        return dt.datetime.combine(date, dt.time(), tzinfo=self.zone).astimezone(dt.UTC)

    def _place(self, rows):
        """Sort the rows by the days on which they stand."""
        self.by_day, self.undated = defaultdict(list), []
        for row in rows:
            row["state"] = self._state(row)
            if row["ends_at"] is None:
                self.undated.append(row)
            for date in self._days(row):
                self.by_day[date].append(row)

    def _days(self, row):
        if row["ends_at"] is None:
            return []
        zone = zone_named(row["time_zone"]) if row["all_day"] else self.zone
        last = (row["ends_at"] - TICK).astimezone(zone).date()
        first = row["starts_at"].astimezone(zone).date() if row["starts_at"] else last
        if first == last:
            return [first] if self.start <= first <= self.last else []
        first, last = max(first, self.start), min(last, self.last)
        return [first + DAY * number for number in range((last - first).days + 1)]

    def _state(self, row):
        """As `slots.place` has it: open, mine, waiting, taken or over."""
        if row["claim_id"]:
            return "mine" if row["accepted_at"] else "waiting"
        row["room"] = None if row["capacity"] is None else row["capacity"] - row["taken"] + row["covering"]
        if row["room"] != 0 and row["is_asked_for"]:
            return "taken" if row["is_shut"] else "open"
        return "taken" if row["room"] == 0 and not self._is_over(row) else "over"

    def _is_over(self, row):
        return row["ends_at"] is not None and row["ends_at"] <= self.at

    def weeks(self):
        """The month as lists of seven days, None for those of other months; a day shows a few of its times."""
        self._clock = self._begins
        shown = {date: self._few(rows) for date, rows in self.by_day.items()}
        self._learn_who_comes(shown.values())
        return [[date and self._day(date, shown.get(date, ())) for date in week] for week in self.month.weeks]

    def _few(self, rows):
        if len(rows) <= MOST_IN_A_DAY:
            return rows
        first = sorted(rows, key=lambda row: FIRST[row["state"]])[: MOST_IN_A_DAY - 1]
        kept = {row["id"] for row in first}
        return [row for row in rows if row["id"] in kept]

    def days(self):
        """The days on which there is something, with all of it, until there are `MOST_IN_A_LIST`."""
        self._clock = self._lasts
        shown, number = {}, 0
        for date in sorted(self.by_day):
            if number + len(self.by_day[date]) > MOST_IN_A_LIST and shown:
                self.ends_on = date
                break
            shown[date] = self.by_day[date]
            number += len(shown[date])
        self._learn_who_comes(shown.values())
        return [self._day(date, rows) for date, rows in shown.items()]

    def _learn_who_comes(self, shown):
        rows = {row["id"]: row for rows in (*shown, self.undated) for row in rows}
        self.helpers = helpers_of(self.person, rows)

    def _day(self, date, rows):
        return {
            "iso": date.isoformat(),
            "number": str(date.day),
            "name": name_of(date, today=self.today),
            "is_today": date == self.today,
            "is_past": date < self.today,
            "times": [self._time(row, self._clock(row, date)) for row in rows],
            "more": self._more(len(self.by_day[date]) - len(rows)) if rows else "",
        }

    def _more(self, number):
        return number and ngettext("%(number)d more", "%(number)d more", number) % {"number": number}

    def whenever(self):
        """Times without a day. Call it after `weeks` or `days`."""
        return [self._time(row, "") for row in self.undated if row["state"] != "over"]

    def _time(self, row, clock):
        state, pk = row["state"], str(row["id"])
        asks = self.person.pk in (row["asker_id"], row["posted_by_id"])
        return {
            "pk": pk,
            "state": state,
            "title": row["title"],
            "clock": clock,
            "words": self._words(row, state),
            "helpers": self.helpers.get(row["id"], ()),
            "is_asked": asks,
            "can_be_had": state == "open" and not asks and not row["is_unchecked"],
            "url": _url(row, state, pk, asks),
        }

    def _begins(self, row, date):
        """When it begins on that day, short."""
        starts, ends = row["starts_at"], row["ends_at"]
        if starts is None:
            return gettext("By this day")
        if row["all_day"]:
            return gettext("All day")
        if date == starts.astimezone(self.zone).date():
            return time_text.clock(starts, zone=self.zone)
        if date == ends.astimezone(self.zone).date():
            return gettext("until %(time)s") % {"time": time_text.clock(ends, zone=self.zone)}
        return gettext("All day")

    def _lasts(self, row, date):
        """From when until when, below the name of the day."""
        if row["all_day"]:
            return gettext("All day")
        if row["starts_at"] is None:
            return capfirst(time_text.when(None, row["ends_at"], zone=self.zone, at=self.at))
        return hours(row["starts_at"], row["ends_at"], zone=self.zone, at=self.at)

    def _words(self, row, state):
        if state == "mine":
            return joined(filter(None, [gettext("Yours"), brings(row)]), ": ")
        if state == "waiting":
            return gettext("You offered")
        if state == "open":
            return room_in_words(row["capacity"], row["room"], covering=row["covering"])
        if state == "taken":
            return gettext("Taken")
        if self._is_over(row) or (row["starts_at"] and row["starts_at"] + GRACE <= self.at):
            return gettext("Past")
        if row["closed_at"] or row["capacity"] == 0:
            return gettext("No more help needed")
        return gettext("A pause just now") if row["published_at"] else gettext("Not asked yet")


def _url(row, state, pk, asks):
    """Where it leads: to my promise, to where a place is claimed, or to the request."""
    if row["claim_id"]:
        return link("claim", row["claim_id"])
    if state == "open" and not asks:
        return link("slot_claim", pk)
    return f"{link('request', row['help_request_id'])}#slot-{pk}"
