"""Helpers who have no e-mail: a keeper takes them in by name and phone."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from supportnet.notices.text_direction import typed

from ..forms import ByPhoneForm
from ..models import SentForm, StruckOut
from .access import for_keepers, while_in_use
from .circle import they_struck_out


@for_keepers
@while_in_use
def circle_add(request, circle):
    """Take in somebody who has no e-mail, by name and phone."""
    if not circle.is_agreed and circle.consent.declined_at:
        return redirect("circle_consent", circle.pk)
    form = ByPhoneForm(request.POST or None, by=request.user, circle=circle)
    if form.is_valid():
        return _add(request, circle, form)
    page = {"circle": circle, "form": form, "member": None}
    return render(request, "circles/by_phone.html", page, status=422 if form.errors else 200)


def _add(request, circle, form):
    at = timezone.now()
    try:
        membership = circle.add_without_email(by=request.user, at=at, **form.cleaned_data)
    except StruckOut:
        messages.warning(request, they_struck_out(circle))
        return redirect("circle_members", circle.pk)
    SentForm.objects.note(form, page=reverse("circle_members", args=[circle.pk]), at=at)
    words = (
        _("%(name)s is in. You sign them up for what they promise, and call them the day before.")
        if membership.joined_at == at
        else _("%(name)s is in this circle already.")
    )
    messages.success(request, words % typed(name=membership.person))
    return redirect("circle_members", circle.pk)


@for_keepers
def member_edit(request, circle, membership_pk):
    """Another name or number of somebody who has no e-mail; whoever has an account says so themselves."""
    current = circle.memberships.current().select_related("person", "circle")
    member = get_object_or_404(current, pk=membership_pk)
    if not member.person.is_by_phone:
        raise Http404
    form = ByPhoneForm(request.POST or None, by=request.user, circle=circle, member=member)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("name", "phone")}
        member.correct(by=request.user, at=timezone.now(), **said)
        messages.success(request, _("Saved."))
        return redirect("circle_members", circle.pk)
    page = {"circle": circle, "form": form, "member": member}
    return render(request, "circles/by_phone.html", page, status=422 if form.errors else 200)
