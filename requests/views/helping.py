"""How I like to help: what, when, how often, and when not at all."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ..forms import HelpingForm
from .access import posted


@login_required
def helping(request):
    """What I say about it; nobody else sees this page."""
    at, person = timezone.now(), request.user
    today = at.astimezone(person.zone).date()
    form = HelpingForm(posted(request), person=person, today=today)
    if form.is_valid():
        person.edit(at=at, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("helping")
    page = {"form": form, "is_on_break": person.is_on_break(at=at)}
    return render(request, "me/helping.html", page, status=422 if form.errors else 200)
