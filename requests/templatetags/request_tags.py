"""What templates ask the policies, a line each."""

from django import template
from django.utils import timezone

from ..catalogue import details as details_of
from ..visibility import policies, private_fields

register = template.Library()


@register.filter
def run_by(help_request, person):
    """Whether the person may change the request."""
    return policies.may_run(person, help_request)


@register.filter
def movable_by(help_request, person):
    """Whether the person may ask it in another circle instead."""
    return policies.may_move(person, help_request)


@register.filter
def reportable_by(help_request, person):
    """Whether the person may report the request."""
    return policies.may_report(person, help_request)


@register.filter
def blockable_by(help_request, person):
    """Whether the person may block whoever asks."""
    return policies.may_block(person, help_request)


@register.filter
def answerable_by(help_request, person):
    """Whether the person may answer the question."""
    return policies.may_answer(person, help_request)


@register.filter
def must_be_checked(person, help_request):
    """Whether the person would first have to be checked by a keeper."""
    return policies.must_be_checked(person, help_request, at=timezone.now())


@register.filter
def widened_by(help_request, person):
    """Whether the person may ask more people."""
    return policies.may_widen(person, help_request)


@register.filter
def asker_for(help_request, person):
    """Whom it is for, as the person may know it."""
    return policies.name_of_asker(person, help_request)


@register.filter
def rungs_for(help_request, person):
    """Address, way in, phone and the like, as far as the person may see them now: `visibility/private_fields.py`."""
    return private_fields.rungs(person, help_request, at=timezone.now())


@register.filter
def seen_fields(look):
    """What somebody was shown who looked."""
    return private_fields.what_was_seen(look)


@register.filter
def details(help_request):
    """(label, value) of what the category asks besides."""
    return details_of.in_words(help_request)
