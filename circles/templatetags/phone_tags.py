"""Telephone numbers on pages: shown as somebody wrote them, dialled as they are meant."""

from django import template
from django.utils.html import format_html, format_html_join

from ..phones import pieces

register = template.Library()


@register.simple_tag
def phone(number, zone, css=""):
    """The `number` with a link for each telephone in it; `zone` is an IANA name that tells the country."""
    parts = ((_part(text, dialled),) for text, dialled in pieces(number or "", str(zone)))
    return format_html('<bdi dir="ltr" class="{}">{}</bdi>', css, format_html_join("", "{}", parts))


def _part(text, dialled):
    return format_html('<a href="{}">{}</a>', dialled, text) if dialled else text
