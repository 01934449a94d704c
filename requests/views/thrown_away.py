"""Pressing something on the page of a draft that was thrown away in another tab."""

from django.shortcuts import render
from django.urls import reverse

from ..catalogue import HABITS, Category


def thrown_away(request, typed):
    """It is not there any more; what was `typed` (pairs of name and value) is kept, and can be asked as it stands."""
    said = dict(typed)
    what, page = said.get("category"), {}
    if what in Category.values and said.get("form_key"):
        page = {"typed": typed, "action": reverse("request_new_kind", args=[HABITS[what].kind])}
    words = [value for _name, value in typed if " " in value.strip()]
    return render(request, "requests/thrown_away.html", {**page, "words": words}, status=422)
