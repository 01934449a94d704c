"""The look keeps its own rules: layers, forms that speak, letters that read."""

import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation

from supportnet.templatetags.ui import initials

STATIC = settings.ROOT / "static"
CSS = STATIC / "css"
TEMPLATES = settings.ROOT / "templates"
STYLESHEETS = sorted(CSS.rglob("*.css"))
MODULES = sorted((STATIC / "js").glob("*.js"))
MAILS = {TEMPLATES / "mail", TEMPLATES / "account" / "email"}
PHYSICAL = r"(?:margin|padding|border)-(?:left|right|top|bottom)|(?:text-align|float): (?:left|right)"
INLINE = r"\sstyle=|<style|\son[a-z]+=\"|javascript:|hx-on|<script(?![^>]*(?:src=|type=\"application/json\"))"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if not MAILS & set(path.parents))


def named(path):
    """A file's place below the project, to name a test by."""
    return str(Path(path).relative_to(settings.ROOT))


# Stylesheets and modules


def test_every_stylesheet_enters_by_one_line():
    entered = re.findall(r'^@import "(.+)" layer\(', (CSS / "app.css").read_text(), re.M)

    # The panel is dressed by a sheet of its own, on top of Django's admin.
    others = ["app.css", "panel.css"]
    assert sorted([*entered, *others]) == sorted(str(path.relative_to(CSS)) for path in STYLESHEETS)


@pytest.mark.parametrize("path", STYLESHEETS, ids=named)
def test_a_stylesheet_is_short_logical_and_polite(path):
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)

    physical = re.findall(PHYSICAL, css)
    raw_colours = [] if path.name in ("tokens.css", "qr.css") else re.findall(r"#[0-9a-f]{6}\b", css)

    assert physical == []
    assert raw_colours == []
    assert len(path.read_text().splitlines()) <= 120
    assert "!important" not in css or path.name == "utilities.css"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_short_and_looks_for_its_own_attribute(path):
    code = path.read_text()

    assert len(code.splitlines()) <= 50
    assert f"data-{path.stem}" in code
    assert f"js/{path.name}" in (TEMPLATES / "base.html").read_text()


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_has_no_inline_style_or_script(path):
    page = path.read_text()

    assert re.findall(INLINE, page) == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_no_link_of_a_page_leads_a_browser_elsewhere_by_itself(path):
    # A link that somebody follows, and that tells nobody where they came from, is theirs to follow.
    page = re.sub(r'<a [^>]*rel="noreferrer"[^>]*>', "", path.read_text())

    assert re.findall(r"""(?:src|href|action)=["']?(?:https?:)?//""", page) == []


# Pages


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_an_error_page_stands_without_request_or_database(name):
    page = render_to_string(f"{name}.html")

    assert page.count("<h1>") == 1
    assert 'href="/"' in page


def test_the_first_visit_weighs_under_60_kilobytes(rf):
    page = render_to_string("landing.html", {"user": AnonymousUser()}, request=rf.get("/"))

    files = [*STYLESHEETS, STATIC / "js" / "once.js", STATIC / "img" / "mark.svg"]
    sent = [page.encode(), *(path.read_bytes() for path in files)]

    assert sum(len(gzip.compress(part)) for part in sent) <= 60_000
    assert "htmx" not in page


def test_a_page_in_arabic_runs_from_right_to_left(rf):
    with translation.override("ar"):
        page = render_to_string("404.html", request=rf.get("/"))

    assert '<html lang="ar" dir="rtl">' in page


# Forms


class Supper(forms.Form):
    """One field of each sort."""

    dish = forms.CharField(help_text="What you would cook.")
    ring = forms.ChoiceField(choices=[("1", "Inner\nThe nearest few")], widget=forms.RadioSelect)
    quiet = forms.BooleanField(required=False, label="Ask quietly", help_text="Without your name.")
    key = forms.CharField(widget=forms.HiddenInput)


def test_a_field_is_tied_to_its_help_and_its_error():
    form = render_to_string("_fields.html", {"form": Supper({"key": "k"})})

    assert re.search(r'name="dish"[^>]*aria-describedby="id_dish_helptext id_dish_error"', form)
    assert re.search(r'name="dish"[^>]*aria-invalid="true"', form)
    assert 'id="id_dish_helptext"' in form
    assert re.search(r'id="id_dish_error"><li>\S+ \S+ This field is required', form)


def test_radio_buttons_are_one_question_with_a_legend():
    form = render_to_string("_fields.html", {"form": Supper({"key": "k"})})

    assert re.search(r'<fieldset class="field" aria-describedby="id_ring_error" id="id_ring"', form)
    assert "<legend>Ring</legend>" in form
    assert 'Inner<span class="choice__hint">The nearest few</span>' in " ".join(form.split())


def test_the_summary_leads_to_every_field_that_needs_a_look():
    form = render_to_string("_form_errors.html", {"form": Supper({"key": "k"})})

    assert re.findall(r'href="#([^"]+)"', form) == ["id_dish", "id_ring"]
    assert 'role="alert"' in form


def test_a_fresh_form_complains_of_nothing_and_asks_politely():
    form = render_to_string("_fields.html", {"form": Supper()})

    assert "aria-invalid" not in form
    assert "alert" not in form
    assert "autofocus" not in form
    assert '<input type="hidden" name="key"' in form


# Letters


def letter(name, **context):
    """The base letter with a body of its own."""
    blocks = "{% block heading %}Tomorrow{% endblock %}{% block body %}Ada's soup & bread{% endblock %}"
    return Template(f'{{% extends "mail/_letter.{name}" %}}{blocks}').render(Context(context))


def test_a_plain_letter_is_unescaped_and_has_no_gaps():
    text = letter("txt")

    assert text.startswith("Tomorrow\n\nAda's soup & bread\n\n--\n")
    assert "\n\n\n" not in text


def test_a_letter_has_its_button_and_its_way_out_only_when_given():
    given = {"button_url": "https://x.test/c", "unsubscribe_url": "https://x.test/u"}

    assert 'class="button"' not in letter("html")
    assert re.findall(r'href="(https://x\.test/\w)"', letter("html", **given)) == [*given.values()]
    assert re.findall(r"https://x\.test/\w", letter("txt", **given)) == [*given.values()]


def test_a_letter_loads_nothing_and_speaks_its_language():
    with translation.override("ar"):
        html = letter("html")

    assert '<html lang="ar" dir="rtl">' in html
    assert re.findall(r"<img|src=|@import|url\(|<link", html) == []


@pytest.mark.parametrize("extension", ["txt", "html"])
def test_the_code_stands_on_a_line_of_its_own(extension):
    said = {"code": "ABCD-EFGH", "minutes": 15}
    subject = render_to_string("account/email/login_code_subject.txt", said)
    message = render_to_string(f"account/email/login_code_message.{extension}", said)

    assert re.search(r"(?m)^(<p [^>]*>)?ABCD-EFGH(</p>)?$", message)
    assert "15 minutes" in message
    assert subject.strip() == "Your code: ABCD-EFGH"


def test_initials_are_those_of_the_first_and_last_name():
    assert [initials(name) for name in ("Ada Maria Lovelace", "Bo", "", None)] == ["AL", "B", "·", "·"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("B (upstairs)", "BU"),
        ("Bo (3)", "B"),
        ("B (…", "B"),
        ("“Zoë” d’Arc", "ZD"),
        ("4 Ada", "A"),
        ("ßen", "S"),
        ("élodie øst", "ÉØ"),
        ("山田 太郎", "山太"),
        ("عمر (2)", "ع"),
        ("ანა", "ა"),
        ("नेहा शर्मा", "नश"),
        ("🌻 & 2", "·"),
    ],
)
def test_initials_are_letters_of_any_script_and_nothing_else(name, letters):
    assert initials(name) == letters
