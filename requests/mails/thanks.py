"""Thanks arrive."""

from django.utils.translation import gettext_lazy as _

from circles.mails.guard_blocks import Unseen
from supportnet.notices.kinds import Kind, register

from ..models import Thanks
from .consent import CONSENTS, OnlyAgreed


@register
class ThanksGiven(OnlyAgreed, Unseen, Kind):
    """To the helper: the asker says thanks."""

    name = "thanks_given"
    model = Thanks
    related = (
        *(f"claim__slot__help_request__{name}" for name in ("circle", *CONSENTS)),
        "claim__person",
        "by",
    )
    label = _("Thanks")

    def agreed_about(self, cause):
        """The request that the thanks are for."""
        return cause.claim.help_request

    def circle_id(self, cause):
        """The circle of the request that the thanks are for."""
        return cause.claim.help_request.circle_id

    def people(self, cause, reader_id):
        """Who thanks."""
        return {cause.by_id}

    def context(self, causes, notices, reader, at):
        """Who thanks."""
        return {"thanks": causes[0], "person": causes[0].by}

    def url(self, cause):
        """The claim, where the words stand."""
        return cause.claim.get_absolute_url()
