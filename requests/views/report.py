"""Telling the keepers about a request or an answer, and blocking whoever asks."""

from django.contrib.auth.decorators import login_required
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from circles.views.safety import block_page, report_page

from .. import policies
from .access import only_if, seen_answer, seen_request


@login_required
def request_block(request, pk):
    """Block whoever asks, unless they ask quietly: who it is does not come out this way either."""
    help_request = seen_request(request, pk, at=timezone.now())
    only_if(policies.may_block(request.user, help_request))
    report = reverse("request_report", args=[pk])
    return block_page(request, help_request.asker, back=help_request.get_absolute_url(), report=report)


@login_required
def request_report(request, pk):
    """Report a request; it is about whoever wrote it down."""
    help_request = seen_request(request, pk, at=timezone.now())
    only_if(policies.may_report(request.user, help_request))
    return report_page(
        request,
        circle=help_request.circle,
        subject=help_request,
        about=help_request.posted_by,
        what=_("Report this request"),
        back=help_request.get_absolute_url(),
        may_block=policies.may_see_name(request.user, help_request),
    )


@login_required
def answer_report(request, pk):
    """Report an answer."""
    answer = seen_answer(request, pk, at=timezone.now())
    only_if(answer.person_id != request.user.pk)
    return report_page(
        request,
        circle=answer.help_request.circle,
        subject=answer,
        about=answer.person,
        what=_("Report this answer"),
        back=f"{answer.help_request.get_absolute_url()}#answer-{answer.pk}",
    )
