"""What is no longer open: closed, called off or gone by, as far as a person could see it and still may."""

from django.db.models import Exists, OuterRef, Q

from circles.models import Membership
from circles.models.person import known

from ..models import Claim, HelpRequest, Wave
from ..models.help_request_queries import shut_out
from ..visibility import policies
from ..visibility.viewer import annotations

# Rows of one page; the view asks for one more, to know whether there is another page.
PAGE = 30


def past_of(person, *, at, before=None, limit=PAGE):
    """The last `limit` requests that are over at the UTC time `at` and that `person` may see, newest first.

    Those of a circle that quietly excludes them are left out, as in the list of what is open. `before` is the id
    with which the page before ended. One query. Raises `NobodyAsked` without a person.
    """
    mine = Q(asker=known(person)) | Q(posted_by=person)
    near = HelpRequest.objects.visible_to(person, at=at).filter(mine | _within_reach(person, at=at))
    found = near.over(at=at).filter(mine | ~shut_out(person)).order_by("-pk")
    accepted = Claim.objects.accepted().filter(person=person, slot__help_request=OuterRef("pk"))
    found = found.annotate(**annotations(person, at=at), promised_reader=Exists(accepted))
    found = found.select_related("circle", "asker", "consent")
    return list((found.filter(pk__lt=before) if before else found)[:limit])


def _within_reach(person, *, at):
    """What the rule could let them see at all: it keeps the rule from being asked of every request there is."""
    circles = Membership.objects.current().filter(person=person).values("circle")
    reached = (
        Wave.objects.opened(at=at).filter(Q(person=person) | Q(circle__in=circles)).values("help_request")
    )
    promised = Claim.objects.live().filter(person=person).values("slot__help_request")
    return Q(pk__in=reached) | Q(pk__in=promised) | Q(circle__in=Membership.objects.circles_kept_by(person))


def as_row(help_request, person):
    """What the list says of one: dict of url, title, category, kind, state, asker and circle. No query."""
    return {
        "url": help_request.get_absolute_url(),
        "title": help_request.title,
        "kind": help_request.kind,
        "category_label": help_request.get_category_display(),
        "state": "past" if help_request.is_open else help_request.state,
        "asked_at": help_request.published_at,
        "asker_name": policies.name_of_asker(person, help_request),
        "circle_name": help_request.circle.name if help_request.ring_of_reader else "",
    }
