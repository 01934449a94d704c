"""Nothing that a person typed turns the line around it: not on a page, not in a mail, from neither side."""

import ast
import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from django import forms
from django.db import transaction
from django.template import Context, Engine, Origin
from django.utils import translation
from django.utils.safestring import SafeString

from circles.models import Person
from supportnet.isolation import Template
from supportnet.notices import text_direction
from tests.house.marked import mark_everything
from tests.house.test_architecture import MODULES
from tests.house.test_markup import marked_mails, walk
from tests.house.test_permissions import World
from tests.house.turned import AGAINST, Turned, loose

pytestmark = pytest.mark.django_db
slow = pytest.mark.slow

# `make fuzz` sends everybody everywhere, in both.
SOME = (("claimer", "en"),)
# What stands for a name, a title or the like in a sentence of ours.
TYPED = {"name", "person", "circle", "asker", "helper", "keeper", "title", "text", "reason", "who", "whom"}
PRINTS = re.compile(r"{% (firstof|cycle|filter)\b")


def turn_everything(language):
    """Fill every text field with a word that runs against pages in `language`, and let everybody read those."""
    mark_everything(lambda room, number: AGAINST[language])
    Person.objects.update(language=language)


@contextmanager
def turned_world(language):
    with transaction.atomic():
        world = World()
        turn_everything(language)
        yield world
        transaction.set_rollback(True)


def turned_pages(world, role, language):
    """(path, what became of the words in it) of every page."""
    for path, page in walk(world, role):
        if page.headers.get("Content-Type", "").startswith("text/html"):
            yield path, Turned(page.text, AGAINST[language])


@slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("role", "language"), SOME)
def test_every_word_on_every_page_is_isolated(role, language):
    with turned_world(language) as world:
        pages = list(turned_pages(world, role, language))

    assert {path: page.loose[:5] for path, page in pages if page.loose} == {}
    assert sum(page.seen for _, page in pages) > 100


@slow
@pytest.mark.parametrize("language", AGAINST)
def test_every_word_in_every_mail_is_isolated(language):
    word = AGAINST[language]
    found, seen = {}, 0
    for kind, mail in marked_mails(lambda: turn_everything(language), language):
        html = Turned(mail.alternatives[0].content, word)
        seen += html.seen + mail.body.count(word)
        plain = [line for line in [mail.subject, *mail.body.splitlines()] if loose(line, word)]
        files = [
            line for file in mail.attachments for line in str(file[1]).split("\r\n") if loose(line, word)
        ]
        if html.loose or plain or files:
            found[kind] = [*html.loose, *plain, *files][:5]

    assert found == {}
    assert seen > 50


def test_what_is_put_into_a_sentence_in_python_is_isolated():
    """Names by `typed`; what else stands there are numbers, times and words of ours."""
    loose = [
        f"{path}:{node.lineno} {key.value}"
        for path, tree in MODULES
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.right, ast.Dict)
        for key, value in zip(node.right.keys, node.right.values, strict=True)
        if key and key.value in TYPED and not isinstance(value, ast.Constant)
    ]

    assert loose == []


def test_nothing_prints_past_the_isolation():
    """`{{ … }}` and `{% blocktranslate %}` isolate; tags that print a variable by themselves do not."""
    loose = [page for page in Path("templates").rglob("*.*") if PRINTS.search(page.read_text())]

    assert loose == []


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("Ada (2)", "en", "Ada (2)"),
        ("Zoë", "en", "Zoë"),
        ("سلام (2)", "en", "\u2068سلام (2)\u2069"),
        ("Ada\nسلام (2)", "en", "Ada\n\u2068سلام (2)\u2069"),
        ("Ada\u202e", "en", "\u2068Ada\u202e\u202c\u2069"),
        ("\u2069سلام", "en", "\u2068سلام\u2069"),
        ("For \u2068سلام\u2069", "en", "\u2066For \u2068سلام\u2069\u2069"),
        ("سلام (2)", "ar", "سلام (2)"),
        ("Bo (2)", "ar", "\u2068Bo (2)\u2069"),
        ("+49 151 1234", "ar", "\u2066+49 151 1234\u2069"),
        ("12", "ar", "12"),
        ("https://help.example/requests/7/", "ar", "https://help.example/requests/7/"),
        ("/requests/7/", "ar", "/requests/7/"),
    ],
)
def test_only_what_runs_against_the_page_gains_a_mark(text, language, shown):
    with translation.override(language):
        assert text_direction.in_characters(text) == shown


PLACES = """<p title="{{ n }}" data-copy="{{ n }}">{{ n }}<a href="/?q={{ n }}">{% blocktranslate %}Hi {{ n }}
{% endblocktranslate %}</a></p><option value="{{ n }}">{{ n }}</option><textarea>{{ n }}</textarea>{{ safe }}"""


def test_markup_isolates_in_text_and_characters_where_no_markup_can_be():
    template = Template(
        "{% load i18n %}" + PLACES, Origin("x.html", "x.html"), "x.html", Engine.get_default()
    )

    shown = template.render(Context({"n": "سلام & 2", "safe": SafeString("<b>سلام</b>")}))

    bdi, marks, bare = '<bdi dir="auto">سلام &amp; 2</bdi>', "\u2068سلام &amp; 2\u2069", "سلام &amp; 2"
    assert shown == (
        f'<p title="{marks}" data-copy="{bare}">{bdi}<a href="/?q={bare}">Hi {bdi}\n</a></p>'
        f'<option value="{bare}">{marks}</option><textarea>{bare}</textarea><b>سلام</b>'
    )


def test_what_people_type_into_runs_as_it_is_typed():
    class Typing(forms.Form):
        name = forms.CharField()
        note = forms.CharField(widget=forms.Textarea)
        address = forms.EmailField()

    with translation.override("en"):
        english = re.findall(r' dir="(\w+)"', str(Typing()))
    with translation.override("ar"):
        arabic = re.findall(r' dir="(\w+)"', str(Typing(initial={"name": "Bo"})))

    assert (english, arabic) == (["auto", "auto", "ltr"], ["auto", "ltr"])
