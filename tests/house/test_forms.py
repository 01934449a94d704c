"""What every form has in common, those of the panel and of the staff's pages among them."""

import importlib
import pkgutil

import pytest
from django import forms
from django.contrib import admin

import circles
import requests
import supportnet
from circles.forms.fields import Lines, Words
from circles.forms.once import OnceForm
from supportnet.panel.admin import organizers

SITES = [organizers, admin.site]


def all_forms():
    """Every form class of ours."""
    for package in (circles, requests, supportnet):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".management" not in module.name and ".migrations" not in module.name:
                importlib.import_module(module.name)
    found, todo = set(), [forms.BaseForm]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        found.add(kind)
    return sorted(
        (one for one in found if one.__module__.partition(".")[0] in ("circles", "requests", "supportnet")),
        key=lambda one: (one.__module__, one.__qualname__),
    )


FORMS = all_forms()


def test_there_are_forms():
    assert len(FORMS) > 40


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_where_lines_are_written_a_break_is_one_character(form):
    """Browsers count it as one and send two (`Words`)."""
    fields = getattr(form, "base_fields", {})
    wide = [name for name, field in fields.items() if isinstance(field.widget, forms.Textarea)]

    assert [name for name in wide if not isinstance(fields[name], (Words, Lines))] == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_what_has_a_one_time_key_says_so_where_it_is_sent_again_with_other_words(form):
    has_key = any(isinstance(field, forms.UUIDField) for field in getattr(form, "base_fields", {}).values())

    assert has_key == issubclass(form, OnceForm)


@pytest.mark.django_db
@pytest.mark.parametrize("site", SITES, ids=["panel", "staff"])
def test_so_it_is_in_the_pages_of_panel_and_staff(site, rf, olga):
    request = rf.get("/")
    request.user = olga
    for page in site._registry.values():
        fields = page.get_form(request).base_fields if page.has_change_permission(request) else {}
        wide = [one for one in fields.values() if isinstance(one.widget, forms.Textarea)]
        assert [one for one in wide if not isinstance(one, (Words, Lines))] == [], page
