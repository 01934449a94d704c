"""Templates that isolate whatever they print (see `notices.direction`), by the place where it stands in the page.

As with escaping, nobody has to remember it: `{{ name }}` and what stands in `{% blocktranslate %}` becomes `<bdi>` in a
text, FSI … PDI where markup can't be (an option, a title, `aria-label`, plain text), and stays as it is in an address,
a value that is sent back, or a script. What is marked safe, and what is ours by being translated, is left alone.
"""

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

from supportnet.markup_places import Place
from supportnet.notices import text_direction


class Isolated:
    """The expression of `{{ … }}`, with what it comes to isolated."""

    def __init__(self, expression, isolate):
        self.expression, self.isolate = expression, isolate

    def __str__(self):
        return str(self.expression)

    def resolve(self, context):
        """What is printed: the text, escaped and isolated, unless it is markup or words of ours."""
        value = self.expression.resolve(context)
        if isinstance(value, (SafeData, int)) or (type(value) is str and not text_direction.disturbs(value)):
            return value  # nearly everything, and Django prints it
        text = base.render_value_in_context(value, context)
        if text_direction.disturbs(text) and not _is_ours(value):
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
            return text_direction.in_characters
        return isolate

    def _isolate_in(self, sentence):
        """What is put into a sentence is resolved before it, so it is isolated there, by where it stands in it."""
        for name, isolates in self._places_in(sentence).items():
            if name != sentence.countervar and None not in isolates:
                expression = sentence.extra_context.get(name) or self.compile_filter(name)
                isolate = isolates.pop() if len(isolates) == 1 else text_direction.in_characters
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
