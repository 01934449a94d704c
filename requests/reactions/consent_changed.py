"""Help requests for somebody else: what they lay open, and what becomes of them when a yes comes or goes."""

from django.db import transaction
from django.db.models import F

from ..models import HelpRequest
from ..pages.consent_rows import _about, _lock


def ask(*, by, at, whom=None, publish=True, **request):
    """As `HelpRequest.objects.ask`, for `by` or for `whom` (see `HelpRequest.ask_consent`).

    Where a yes is missing it stays a draft, whatever `publish` says.
    """
    with transaction.atomic():
        help_request = HelpRequest.objects.ask(by=by, at=at, publish=False, **request)
        if help_request.state == "draft":
            help_request.ask_consent(whom, by=by, at=at)
            if publish and help_request.is_agreed:
                help_request.publish(by=by, at=at)
    return help_request


def rewrite(help_request, *, by, at, whom=None, **request):
    """As `HelpRequest.rewrite`, and whom it is for as `ask`.

    A yes that came too late for the times holds for other times, and for nothing else: of what is new they are asked
    again.
    """
    with transaction.atomic():
        help_request.hold_to_the_yes()
        help_request.rewrite(by=by, at=at, **request)
        help_request.ask_consent(whom, by=by, at=at)
        own = help_request.own_consent
        if own and own.stands and own.may_decide(by):
            help_request.cover()
        elif own and own.stands and not help_request.is_covered():
            own.ask_about_more(by=by, at=at)


def open_or_hide(consent, *, by, at):
    """A yes was given or taken back: what is asked by it is seen from now on, or hidden with all that was promised.

    What waited as a draft is asked as it was planned, without what was struck. Helpers, slots and then requests are
    locked, each in their order, as everywhere. Call it inside the transaction of the change.
    """
    about = _about(consent)
    _lock(about, at=at)
    if consent.stands and consent.person_id:
        about.filter(consent=consent, asker=F("posted_by")).update(asker=consent.person)
    for help_request in about.select_related("circle__consent", "consent", "posted_by").order_by("pk"):
        (_open if consent.stands else HelpRequest.hide)(help_request, by=by, at=at)


def _open(help_request, *, by, at):
    own = help_request.own_consent
    if own:
        help_request.leave_out(own.struck, by=by, at=at)
        if own.email:
            help_request.cover()
        help_request.publish_as_planned(at=at)
    if help_request.published_at:
        help_request.show_again(at=at)
