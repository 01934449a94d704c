"""Help requests in the circles that the reader keeps."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circles.admin.journaled import Journaled, KeptCircle
from requests.models import Claim, EditedMeanwhile, HelpRequest
from requests.visibility import policies, private_fields
from supportnet.panel.admin import Standing, Verb, organizers

from ..pages.situations import SITUATIONS
from .forms import TEXTS, ReasonForm, TextsForm


class HelpRequestStanding(Standing):
    """Open, closed or cancelled."""

    standings = {
        "open": (_("Open"), lambda rows: rows.open()),
        "closed": (_("Closed"), lambda rows: rows.filter(closed_at__isnull=False)),
        "cancelled": (_("Cancelled"), lambda rows: rows.filter(cancelled_at__isnull=False)),
    }


def who_had_promised(help_request, *, at):
    """Those whom calling it off would tell."""
    claims = Claim.objects.live().ahead(at=at).filter(slot__help_request=help_request)
    return [claim.person for claim in claims.select_related("person")]


@admin.register(HelpRequest, site=organizers)
class HelpRequestAdmin(Journaled):
    """Texts are changed by `edit`, which tells those who promised to come."""

    weight = 10
    form = TextsForm
    list_display = ["title", "asker", "circle", "kind", "category", "standing", "importance", "published_at"]
    list_filter = [HelpRequestStanding, KeptCircle, "kind", "category", "importance"]
    list_select_related = ["asker", "circle"]
    search_fields = ["title", "asker__name"]
    ordering = ["-published_at", "-pk"]
    readonly_fields = ["standing", "circle", "asker", "posted_by", "published_at"]
    saw = ["title", "published_at", "closed_at", "cancelled_at"]
    fields = ["version", "standing", "circle", "asker", "posted_by", "published_at", *TEXTS]
    situations = SITUATIONS
    verbs = (
        Verb(
            "close",
            _("Close the request"),
            lambda help_request, *, by, at, reason="": help_request.close(by=by, at=at, reason=reason),
            done=_("Closed. What was promised stands."),
            when=lambda help_request: help_request.is_open,
            form=ReasonForm,
            hint=_("Open places are no longer offered; what was promised stands."),
            bulk=True,
        ),
        Verb(
            "cancel",
            _("Cancel"),
            lambda help_request, *, by, at, reason="": help_request.cancel(by=by, at=at, reason=reason),
            done=_("Cancelled. Whoever promised to come is told."),
            when=lambda help_request: help_request.is_open,
            form=ReasonForm,
            hint=_("Every place is called off, and whoever promised to come is told why."),
            tells=who_had_promised,
        ),
        Verb(
            "reopen",
            _("Ask again"),
            lambda help_request, *, by, at: help_request.reopen(by=by, at=at),
            done=_("It is asked again."),
            when=lambda help_request: help_request.state == "closed",
            hint=_("It is shown again. Where no place is open, a new one is added for “whenever suits”."),
        ),
    )

    def has_change_permission(self, request, obj=None):
        """Texts can be changed while it is open; `get_queryset` keeps it to the reader's circles."""
        return obj is None or obj.is_open

    def get_fields(self, request, obj=None):
        """Of the ladder only what the reader may see: not who is parted from whoever asks."""
        at = timezone.now()
        unseen = {
            field
            for field, may_see in policies.LADDER.items()
            if obj and not may_see(request.user, obj, at=at)
        }
        return [field for field in self.fields if field not in unseen]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Whoever asks sees that the address was looked at, here too."""
        if obj:
            private_fields.note_look(request.user, obj, at=timezone.now(), of=TEXTS)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        """The form has cleaned; the verb writes, on a row that the form has not touched."""
        changed = {name: form.cleaned_data[name] for name in TEXTS if name in form.changed_data}
        if changed:
            fresh = HelpRequest.objects.get(pk=obj.pk)
            fresh.edit(by=request.user, at=timezone.now(), version=form.cleaned_data["version"], **changed)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Between the form's look and the verb's write somebody else may have saved."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except EditedMeanwhile:
            messages.warning(request, SITUATIONS[EditedMeanwhile])
            return HttpResponseRedirect(request.path)

    @admin.display(description=_("state"))
    def standing(self, help_request):
        """Where it stands, in a word."""
        return {"open": _("Open"), "closed": _("Closed"), "cancelled": _("Cancelled")}[help_request.state]
