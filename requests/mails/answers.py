"""A question was answered."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from circles.mails.guard_blocks import Unseen
from supportnet.notices.kinds import Kind, register

from ..models import Answer
from .consent import CONSENTS, OnlyAgreed
from .own_requests import AboutOwnRequest


@register
class RequestAnswered(AboutOwnRequest, OnlyAgreed, Unseen, Kind):
    """To the asker: somebody answered a question."""

    name = "request_answered"
    model = Answer
    related = (*(f"help_request__{name}" for name in ("circle", *CONSENTS)), "person")
    label = _("Answers to your questions")
    collects = dt.timedelta(minutes=10)

    def circle_id(self, cause):
        """The circle of the question."""
        return cause.help_request.circle_id

    def people(self, cause, reader_id):
        """Who answered."""
        return {cause.person_id}

    def context(self, causes, notices, reader, at):
        """The answers, and who gave the first."""
        return {"answers": causes, "person": causes[0].person}

    def url(self, cause):
        """The question with its answers."""
        return cause.help_request.get_absolute_url()
