"""Requests and answers as whoever looks into a report sees them: nothing of what somebody took their yes back from."""

from django.urls import reverse
from django.utils.translation import gettext as _

from circles.models.consent import agreed
from circles.report_subjects import Subject, subjects
from supportnet.notices.text_direction import typed

from ..models import Answer, HelpRequest


@subjects("helprequest")
def _requests(ids):
    help_requests = HelpRequest.objects.filter(agreed(), agreed("circle__"), pk__in=ids)
    return {
        help_request.pk: Subject(
            name=_("A request: %(title)s") % typed(title=help_request.title),
            words=_words(help_request),
            url=help_request.get_absolute_url(),
            panel_url=_panel_url(help_request),
        )
        for help_request in help_requests
    }


@subjects("answer")
def _answers(ids):
    seen = (agreed("help_request__"), agreed("help_request__circle__"))
    answers = Answer.objects.filter(*seen, pk__in=ids).select_related("help_request", "person")
    return {
        answer.pk: Subject(
            name=_("An answer to: %(title)s") % typed(title=answer.help_request.title),
            words=answer.text,
            url=f"{answer.help_request.get_absolute_url()}#answer-{answer.pk}",
            panel_url=_panel_url(answer.help_request),
        )
        for answer in answers
    }


def _words(help_request):
    said = (help_request.title, help_request.would_help, help_request.would_not_help)
    return "\n".join(filter(None, said))


def _panel_url(help_request):
    return reverse("organize:requests_helprequest_change", args=[help_request.pk])
