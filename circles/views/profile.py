"""What a person says about themselves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ..forms import HearsForm, MeForm, WelcomeForm
from ..models import Consent
from .access import safe_next


@login_required
def me(request):
    """My page: name, place, clock, and how I hear of things."""
    form = MeForm(request.POST or None, instance=request.user)
    if form.is_valid():
        request.user.edit(at=timezone.now(), **form.changes())
        with translation.override(request.user.language):
            messages.success(request, _("Saved."))
        return redirect("me")
    return render(request, "me/me.html", _me_page(request, form), status=422 if form.errors else 200)


def _me_page(request, form):
    # A form writes what was typed onto its instance, even what is wrong: the page shows the person as stored.
    form.instance.refresh_from_db() if form.errors else None
    memberships = request.user.memberships.in_sight().current().select_related("circle")
    asked = Consent.objects.decided_by(request.user).select_related("circle", "asked_by")
    return {
        "form": form,
        "hears_forms": [HearsForm(instance=one) for one in memberships.order_by("circle__name", "pk")],
        "asked_of_me": asked.order_by("-asked_at"),
    }


@login_required
def welcome(request):
    """The first page: a name and a time zone, in the language that the browser speaks."""
    language = translation.get_language_from_request(request)
    going_to = safe_next(request, otherwise="/")
    translation.activate(language)
    form = WelcomeForm(request.POST or None, instance=request.user)
    if form.is_valid():
        request.user.welcome(**form.cleaned_data, language=language, at=timezone.now())
        return redirect(going_to)
    page = {"form": form, "next": going_to, "LANGUAGE_CODE": language}
    return render(request, "me/welcome.html", page, status=422 if form.errors else 200)
