"""Numbers in addresses that any database can look up: one that is too long leads to 404, not to an error."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class Number(IntConverter):
    """A whole number of at most 18 digits, which fits into 64 bits."""

    regex = "[0-9]{1,18}"


register_converter(Number, "number")
