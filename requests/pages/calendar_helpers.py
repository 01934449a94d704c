"""Who comes to the times of a calendar, as far as its reader may know."""

from collections import defaultdict

from django.utils.translation import gettext

from supportnet.notices.text_direction import joined

from ..models import Claim, HelpRequest
from ..models.bringing import with_company
from ..visibility import policies
from .calendar_queries import coming


def helpers_of(person, rows):
    """{slot: who else comes and what they bring}, of the `rows` by slot, as far as `person` may know. One query."""
    taken = [row for row in rows.values() if row["taken"]]
    asked = {row["help_request_id"]: row for row in taken}
    named = {pk for pk, row in asked.items() if policies.may_see_helpers(person, request_of(row, person))}
    found = defaultdict(list)
    for claim in coming(person, [row["id"] for row in taken if row["help_request_id"] in named]):
        if claim["is_unseen"] and not rows[claim["slot_id"]]["is_kept"]:
            _take_away(rows[claim["slot_id"]], claim)
            continue
        name = with_company(claim["name"] or gettext("Someone"), claim["party_size"])
        found[claim["slot_id"]].append(joined(filter(None, [name, brings(claim)]), ": "))
    return found


def _take_away(row, claim):
    """Count what somebody unseen holds as free, or else as no longer asked for: see `slots.as_seen`."""
    if row["capacity"] is None:
        return
    if claim["looks_for_cover"]:
        row["covering"] -= claim["party_size"]
    elif not row["claim_id"] and row["room"]:
        row["room"] += claim["party_size"]
    elif not row["claim_id"]:
        row["capacity"] -= claim["party_size"]
        row["state"] = row["state"] if row["capacity"] else "over"


def brings(row):
    """What is brought, in the words of `Claim.brings`."""
    said = {name: row[name] for name in ("bringing", "dish", "portions")}
    if not said["dish"] and not said["portions"]:
        return said["bringing"]
    return Claim(**said).brings


def request_of(row, person):
    """As much of the request as the policies want to know."""
    names = ("kind", "quietly", "asker_id", "posted_by_id", "published_at", "closed_at")
    help_request = HelpRequest(pk=row["help_request_id"], **{name: row[name] for name in names})
    help_request.reader, help_request.kept_by_reader = person.pk, bool(row["is_kept"])
    return help_request
