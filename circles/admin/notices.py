"""Mail that failed, for those who keep the circle that it was about."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from circles.models import Circle
from supportnet.notices import kinds
from supportnet.notices.models import Notice
from supportnet.notices.text_direction import joined
from supportnet.panel.admin import Verb, organizers

from .journaled import Journaled


@admin.register(Notice, site=organizers)
class NoticeAdmin(Journaled):
    """Mail that failed for good, with the reason and without its words."""

    weight = 60
    list_display = ["what", "to_whom", "circle", "failed_at", "error"]
    fields = ["what", "to_whom", "circle", "created_at", "failed_at", "attempts", "error"]
    readonly_fields = ["what", "to_whom", "circle"]
    list_select_related = ["reader"]
    ordering = ["-failed_at"]
    verbs = (
        Verb(
            "again",
            _("Try again"),
            lambda notice, *, by, at: notice.send_again(at=at),
            done=_("It goes out with the next mail."),
            bulk=True,
        ),
    )

    def get_queryset(self, request):
        """What failed in the circles that the reader keeps."""
        kept = Circle.objects.kept_by(request.user).values("pk")
        return Notice.objects.failed().filter(circle_id__in=kept).order_by(*self.ordering)

    def name_of(self, notice):
        """The kind of mail and its reader; its key is nobody's business."""
        return joined([self.what(notice), self.to_whom(notice)], " · ")

    @admin.display(description=_("what"))
    def what(self, notice):
        """The kind of mail."""
        kind = kinds.kind_named(notice.kind)
        return (kind and kind.label) or notice.kind

    @admin.display(description=_("to whom"))
    def to_whom(self, notice):
        """The person, or that it was an invitation to an address."""
        return notice.reader or _("An invited address")

    @admin.display(description=_("circle"))
    def circle(self, notice):
        """The circle that it was about."""
        return Circle.objects.filter(pk=notice.circle_id).values_list("name", flat=True).first()
