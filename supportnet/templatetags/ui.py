"""What templates need to dress a page, and nothing that decides."""

import re
from functools import cache

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag
@cache
def place(name):
    """The address of a page without arguments, looked up once; "/" where that page does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return "/"


@register.simple_tag(takes_context=True)
def current(context, name):
    """`aria-current` for a link: "page" on that very page, "true" on a page below it."""
    request = context.get("request")
    if request is None:
        return ""
    address = place(name)
    if request.path == address:
        return mark_safe(' aria-current="page"')
    # Both attributes are constants of ours, so marking them safe is.
    below = address != "/" and request.path.startswith(address)
    return mark_safe(' aria-current="true"') if below else ""


@register.filter
def initials(name):
    """ "Ada Maria Lovelace" is AL, "Bo (3)" is B, a name without a letter of any script is a middle dot."""
    letters = [next(filter(str.isalpha, word), "") for word in str(name or "").split()]
    letters = [letter.title()[0] for letter in letters if letter]
    return "".join([letters[0], *letters[1:][-1:]]) if letters else "·"


@register.filter
def has_choices(widget):
    """Whether a widget is a set of radio buttons or checkboxes."""
    return hasattr(widget, "choices")


@register.filter
def first_line(label):
    """A choice's name; a hint may stand on the lines below it."""
    return str(label).partition("\n")[0]


@register.filter
def further_lines(label):
    """The hint below a choice's name, or nothing."""
    return str(label).partition("\n")[2]


@register.simple_tag
def site_url():
    """Where this SupportNet lives, for mails, without a slash at the end."""
    return settings.SITE_URL.rstrip("/")


@register.tag
def plain_text(parser, token):
    """`{% plain_text %}…{% endplain_text %}`: unescaped text whose empty lines never pile up."""
    nodes = parser.parse(["endplain_text"])
    parser.delete_first_token()
    return PlainText(nodes)


class PlainText(template.Node):
    """Renders its content as the text part of a mail."""

    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        """The content with HTML escaping off, trailing blanks gone and at most one empty line in a row."""
        escaped, context.autoescape = context.autoescape, False
        try:
            text = self.nodelist.render(context)
        finally:
            context.autoescape = escaped
        lines = "\n".join(line.rstrip() for line in text.splitlines())
        return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
