"""Telling the keepers about a person, a request or an answer, and blocking whoever asks."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from circles.views.blocks_and_reports import block_page, report_page
from supportnet.notices.text_direction import typed

from ..forms import NameForm
from ..pages.people_met import dealings_of, met_by
from ..visibility import policies
from .access import only_if, seen_answer, seen_request


@login_required
def report_somebody(request):
    """Find whom to tell the keepers about: whoever it is, and whether or not the two still see each other."""
    form = NameForm(request.GET)
    people, more = met_by(request.user, **form.wanted())
    page = {"form": form, "people": people, "more": more, "searched": bool(form.wanted()["name"])}
    return render(request, "requests/report_somebody.html", page, status=422 if form.errors else 200)


@login_required
def claim_report(request, pk):
    """Report the other one of a promise, also once neither it nor they are to be seen: nothing of theirs is shown."""
    claim = get_object_or_404(dealings_of(request.user), pk=pk)
    is_mine = claim.person_id == request.user.pk
    knows = claim.knows_asker or not is_mine
    about = claim.help_request.asker if is_mine else claim.person
    return report_page(
        request,
        circle=claim.help_request.circle,
        subject=claim.help_request,
        about=about,
        what=_("Report %(name)s") % typed(name=about) if knows else _("Report this request"),
        back=reverse("report_somebody"),
        may_block=knows,
    )


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
