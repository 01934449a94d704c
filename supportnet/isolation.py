"""Templates that isolate whatever they print (see `notices.direction`), by the place where it stands in the page.

As with escaping, nobody has to remember it: `{{ name }}` and what stands in `{% blocktranslate %}` becomes `<bdi>` in a
text, FSI … PDI where markup can't be (an option, a title, `aria-label`, plain text), and stays as it is in an address,
a value that is sent back, or a script. What is marked safe, and what is ours by being translated, is left alone.
"""

import re
from copy import copy
from functools import cached_property
from pathlib import Path

from django import forms
from django.conf import settings
from django.forms import renderers
from django.template import TemplateDoesNotExist, base
from django.template.backends.django import DjangoTemplates
from django.template.loaders import cached
from django.template.loaders.base import Loader as PlainLoader
from django.templatetags.i18n import BlockTranslateNode
from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import SafeData, SafeString

from supportnet.notices import direction

SHOWN = {"title", "aria-label", "aria-description", "alt", "placeholder"}  # attributes that people read
BARE = {"title": direction.in_characters, "option": direction.in_characters} | dict.fromkeys(
    ("textarea", "script", "style")
)  # elements without markup in them, and what isolates there
TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*|$)")
WITHIN_TAG = re.compile(r"""([^\s=>"'/]+)\s*=\s*(["'])|(>)""")


class Place:
    """Where in a page one stands, after the pieces of it that were read."""

    def __init__(self, *, plain=False):
        self.plain = plain
        self.tag = self.attribute = self.quote = self.element = None

    def read(self, text):
        """Go on behind `text`."""
        at = 0
        while at is not None:
            at = self._next(text, at)

    @property
    def isolate(self):
        """What isolates a text printed here; None where nothing may."""
        if self.plain:
            return direction.in_characters
        if self.attribute:
            return direction.in_characters if self.attribute in SHOWN else None
        return None if self.tag else BARE.get(self.element, direction.in_markup)

    def _next(self, text, at):
        """Where to read on in `text` behind what changes the place; None at its end."""
        if self.attribute:
            end = text.find(self.quote, at)
            return None if end < 0 else self._leave_attribute(end + 1)
        found = (WITHIN_TAG if self.tag else TAG).search(text, at)
        if not found:
            return None
        if not self.tag:
            self.tag = found[1] + found[2].lower() or "<"  # what it is called may be printed next
        elif found[3]:
            self._leave_tag()
        else:
            self.attribute, self.quote = found[1].lower(), found[2]
        return found.end()

    def _leave_attribute(self, at):
        self.attribute = self.quote = None
        return at

    def _leave_tag(self):
        if self.tag.lstrip("/") in BARE:
            self.element = None if self.tag.startswith("/") else self.tag
        self.tag = None


class Isolated:
    """The expression of `{{ … }}`, with what it comes to isolated."""

    def __init__(self, expression, isolate):
        self.expression, self.isolate = expression, isolate

    def __str__(self):
        return str(self.expression)

    def resolve(self, context):
        """What is printed: the text, escaped and isolated, unless it is markup or words of ours."""
        value = self.expression.resolve(context)
        if isinstance(value, (SafeData, int)) or (type(value) is str and not direction.disturbs(value)):
            return value  # nearly everything, and Django prints it
        text = base.render_value_in_context(value, context)
        if direction.disturbs(text) and not _is_ours(value):
            text = self.isolate(text)
        return SafeString(text)


def _is_ours(value):
    """Whether somebody answers for it: it is markup, or translated."""
    return isinstance(value, (SafeData, Promise)) or isinstance(str(value), SafeData)


class Parser(base.Parser):
    """Knows for everything that is printed where in the page it stands."""

    def __init__(self, tokens, libraries, builtins, origin):
        super().__init__(tokens, libraries, builtins, origin)
        name = str(origin.template_name)
        self.place = Place(plain=not name.endswith(".html"))
        if name.endswith("/attrs.html"):  # Django's and the panel's own: a piece of a tag
            self.place.read("<")

    def extend_nodelist(self, nodelist, node, token):
        """As Django does; what prints, isolates."""
        if isinstance(node, base.TextNode):
            self.place.read(node.s)
        elif isinstance(node, base.VariableNode):
            if isolate := self._isolate_at(self.place):
                node.filter_expression = Isolated(node.filter_expression, isolate)
        elif isinstance(node, BlockTranslateNode):
            self._isolate_in(node)
        super().extend_nodelist(nodelist, node, token)

    def _isolate_at(self, place):
        """What isolates there; in a block for the title of a page no markup does, wherever the block ends up."""
        isolate = place.isolate
        if isolate and any(
            token.contents.endswith("title") for name, token in self.command_stack if name == "block"
        ):
            return direction.in_characters
        return isolate

    def _isolate_in(self, sentence):
        """What is put into a sentence is resolved before it, so it is isolated there, by where it stands in it."""
        for name, isolates in self._places_in(sentence).items():
            if name != sentence.countervar and None not in isolates:
                expression = sentence.extra_context.get(name) or self.compile_filter(name)
                isolate = isolates.pop() if len(isolates) == 1 else direction.in_characters
                sentence.extra_context[name] = Isolated(expression, isolate)

    def _places_in(self, sentence):
        """By name what isolates at each place where it stands in the sentence."""
        found = {}
        for tokens in (sentence.singular, sentence.plural):
            place = Place(plain=True) if sentence.asvar else copy(self.place)
            for token in tokens:
                if token.token_type == base.TokenType.VAR:
                    found.setdefault(token.contents, set()).add(self._isolate_at(place))
                else:
                    place.read(token.contents)
        return found


class Template(base.Template):
    """A template made by the parser above."""

    def compile_nodelist(self):
        """As Django does."""
        lexer = (base.DebugLexer if self.engine.debug else base.Lexer)(self.source)
        engine = self.engine
        parser = Parser(lexer.tokenize(), engine.template_libraries, engine.template_builtins, self.origin)
        try:
            nodelist = parser.parse()
        except Exception as error:
            if engine.debug:
                error.template_debug = self.get_exception_info(error, error.token)
            raise
        self.extra_data = parser.extra_data
        return nodelist


class _Isolating(PlainLoader):
    """Makes templates of ours out of what is found."""

    def get_template(self, template_name, skip=None):
        """As Django does."""
        tried = []
        for origin in self.get_template_sources(template_name):
            if origin in (skip or ()):
                continue
            try:
                contents = self.get_contents(origin)
            except TemplateDoesNotExist:
                tried.append((origin, "Source does not exist"))
            else:
                return Template(contents, origin, origin.template_name, self.engine)
        raise TemplateDoesNotExist(template_name, tried=tried)


class Loader(cached.Loader, _Isolating):
    """Keeps templates as Django's own does, and lets them be made by the loader above."""


class FormRenderer(renderers.DjangoTemplates):
    """Draws forms by the same rule, and lets each control run in the direction of what stands in it."""

    @cached_property
    def engine(self):
        """Django's templates for widgets, isolating."""
        folder = Path(forms.__file__).parent / "templates"
        options = {"loaders": settings.TEMPLATES[0]["OPTIONS"]["loaders"]}
        return DjangoTemplates(
            {"APP_DIRS": False, "DIRS": [folder], "NAME": "djangoforms", "OPTIONS": options}
        )

    def render(self, template_name, context, request=None):
        """As Django does, with `dir` on what people type into."""
        if "widget" in context:
            _direct(context["widget"])
        return super().render(template_name, context, request)


def _direct(widget):
    """Give a control, or each part of it, its direction: an empty one keeps the page's."""
    for part in widget.get("subwidgets", ()):
        _direct(part)
    kind = widget.get("type") or widget["template_name"].rpartition("/")[2]
    if kind in ("email", "tel", "url"):
        widget["attrs"].setdefault("dir", "ltr")
    elif kind in ("text", "search", "textarea.html") and (
        widget["value"] or not translation.get_language_bidi()
    ):
        widget["attrs"].setdefault("dir", "auto")
