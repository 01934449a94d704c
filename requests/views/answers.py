"""Answers to a question."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circles.forms.once import own_key
from circles.models import SentForm
from circles.views.access import for_verified

from ..forms import AnswerForm
from ..visibility import policies
from .access import only_if, seen_answer
from .help_requests import request_page, with_all


@require_POST
@login_required
@for_verified
def request_answers(request, pk):
    """Answer; the same form sent twice is one answer."""
    at = timezone.now()
    help_request = with_all(request, pk, at=at)
    only_if(help_request.takes_answers and not help_request.is_run_by(request.user))
    form = AnswerForm(request.POST, by=request.user)
    if not help_request.is_open:
        messages.info(request, _("This question was closed meanwhile. Thank you all the same."))
        return redirect(help_request)
    if not form.is_valid():
        return request_page(request, help_request, at=at, answer_form=form, status=422)
    return _answer(request, help_request, form, at=at)


def _answer(request, help_request, form, *, at):
    said = {name: value for name, value in form.cleaned_data.items() if name != "form_key"}
    key = own_key(form.cleaned_data["form_key"], request.user, help_request, words=said["text"])
    answer = help_request.answer(by=request.user, at=at, form_key=key, **said)
    page = f"{help_request.get_absolute_url()}#answer-{answer.pk}"
    SentForm.objects.note(form, page=page, at=at)
    messages.success(request, _("Your answer is there. Thank you."))
    return redirect(page)


@require_POST
@login_required
def answer_helped(request, pk):
    """The asker says that this helped, or takes it back."""
    at = timezone.now()
    answer = seen_answer(request, pk, at=at)
    only_if(policies.may_say_yes(request.user, answer.help_request))
    if request.POST.get("helped") == "no":
        answer.take_helped_back()
    else:
        answer.mark_helped(at=at)
    return redirect(f"{answer.help_request.get_absolute_url()}#answer-{answer.pk}")
