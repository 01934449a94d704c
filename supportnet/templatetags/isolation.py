"""Django's filters that make one text of several, each isolated (see `supportnet.isolation`); in every page."""

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.text import normalize_newlines

from supportnet.notices import text_direction

register = template.Library()


@register.filter
def join(values, between):
    """A list in one line, each of it isolated."""
    return text_direction.joined(values, between)


@register.filter(needs_autoescape=True)
def linebreaksbr(text, autoescape=True):
    """A text with its line breaks, each line isolated."""
    lines = normalize_newlines(text).split("\n")
    if not autoescape:
        return SafeString("<br>".join(lines))
    return SafeString("<br>".join(text_direction.in_markup(conditional_escape(line)) for line in lines))
