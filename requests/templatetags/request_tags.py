"""What templates ask the policies, a line each."""

from django import template
from django.utils import timezone

from .. import details as details_of
from .. import policies

register = template.Library()


@register.filter
def run_by(help_request, person):
    """Whether the person may change the request."""
    return policies.may_run(person, help_request)


@register.filter
def answerable_by(help_request, person):
    """Whether the person may answer the question."""
    return policies.may_answer(person, help_request)


@register.filter
def shows_address_to(help_request, person):
    """Whether the person sees the address now."""
    return policies.may_see_address(person, help_request, at=timezone.now())


@register.filter
def shows_way_in_to(help_request, person):
    """Whether the person sees the way in now."""
    return policies.may_see_way_in(person, help_request, at=timezone.now())


@register.filter
def shows_phone_to(help_request, person):
    """Whether the person sees the phone number now."""
    return policies.may_see_phone(person, help_request, at=timezone.now())


@register.filter
def details(help_request):
    """(label, value) of what the category asks besides."""
    return details_of.in_words(help_request)
