"""Asking for somebody else: the page of whoever asks for them."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils import timezone

from circles.views.access import for_verified
from circles.views.consent_asking import asking_page

from ..visibility import policies
from .access import only_if, seen_request


@login_required
@for_verified
def request_consent(request, pk):
    """Where the yes of whom it is for stands; for whoever posted it, and of one that was written down, the keepers."""
    help_request = seen_request(request, pk, at=timezone.now())
    only_if(policies.may_run(request.user, help_request))
    consent = help_request.own_consent
    if consent is None:
        return redirect(help_request)
    if consent.may_decide(request.user):
        return redirect(consent)
    only_if(request.user.pk == help_request.posted_by_id or not consent.email)
    may_record = help_request.circle.is_kept_by(request.user)
    page = {"back": help_request, "template": "requests/consent.html", "may_record": may_record}
    return asking_page(request, consent, **page)
