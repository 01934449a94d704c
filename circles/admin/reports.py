"""What members report: for the keepers, and for the staff when it is about a circle's only keeper."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Line
from circles.models import Report
from circles.report_subjects import subjects_of
from supportnet.notices.text_direction import joined
from supportnet.panel.admin import Concern, Section, Seen, Standing, Verb, VerbForm, organizers

from .journaled import Journaled, KeptCircle
from .staff import ReadOnly

# Rows of one section of Today; the rest stands behind "All".
MOST = 20
# By the first part of `Report.subject`, which is the name of a model ("answer:17").
KINDS = {"helprequest": _("A request"), "answer": _("An answer"), "membership": _("A member")}
SAW = ("settled_at", "settled_by", "outcome")
OUTCOME = {
    "label": _("What was done"),
    "max_length": 300,
    "help_text": _("For the journal. Whoever reported is told that it was looked at, and not what was done."),
}


class OutcomeForm(VerbForm):
    """What was done about it."""

    outcome = Line(**OUTCOME)


class ReportStanding(Standing):
    """To be looked at, or settled."""

    standings = {
        "open": (_("To be looked at"), lambda rows: rows.open()),
        "settled": (_("Settled"), lambda rows: rows.settled()),
    }


class ShowsSubject:
    """Columns that say what was reported."""

    saw = SAW

    def facts(self, report):
        """With its words, which somebody may have changed."""
        return {**super().facts(report), "words": subjects_of([report])[report].words}

    def name_of(self, report):
        """What was reported."""
        return subjects_of([report])[report].name

    @admin.display(description=_("what"))
    def what(self, report):
        """What it is about, with a link to it."""
        subject = subjects_of([report])[report]
        if not subject.url:
            return subject.name
        return format_html('<a href="{}">{}</a>', subject.url, subject.name)

    @admin.display(description=_("its words"))
    def words(self, report):
        """What stands there now, so that it can be judged here."""
        return subjects_of([report])[report].words or "–"

    @admin.display(description=_("state"))
    def standing(self, report):
        """Open or settled, in words."""
        return _("To be looked at") if report.is_open else _("Settled")


# Both pages of a report are made of these: the keepers', which has `act_on_it` among them, and the staff's.
FIELDS = ("what", "words", "about", "reporter", "circle", "reason", "created_at", "standing")
SETTLED = ("outcome", "settled_by", "settled_at")


@admin.register(Report, site=organizers)
class ReportAdmin(ShowsSubject, Journaled):
    """Reports in the reader's circles, but for those about themselves."""

    weight = 5
    list_display = ["subject_in_short", "about", "reporter", "circle", "created_at", "standing"]
    list_filter = [ReportStanding, KeptCircle]
    list_select_related = ["about", "reporter", "circle"]
    search_fields = ["about__name", "reporter__name"]
    ordering = ["-created_at", "-pk"]
    fields = ["what", "words", "act_on_it", *FIELDS[2:], *SETTLED]
    readonly_fields = ["what", "words", "act_on_it", "standing"]
    verbs = (
        Verb(
            "settle",
            _("Settle"),
            lambda report, *, by, at, outcome: report.settle(by=by, at=at, outcome=outcome),
            done=_("Settled. Whoever reported is told that it was looked at."),
            when=lambda report: report.is_open,
            form=OutcomeForm,
            hint=_("When you have looked at it and done what was to be done."),
        ),
    )

    @admin.display(description=_("what"), ordering="subject")
    def subject_in_short(self, report):
        """A request, an answer or a member, without a query for each row."""
        return KINDS.get(report.subject.partition(":")[0], report.subject)

    @admin.display(description=_("act on it"))
    def act_on_it(self, report):
        """Where the panel acts on it: calls a request off, removes a member."""
        url = subjects_of([report])[report].panel_url
        return format_html('<a href="{}">{}</a>', url, gettext("Open it on the panel")) if url else "–"


class SettlingForm(forms.ModelForm):
    """What the staff did about it, as its words were when they looked."""

    outcome = Line(**OUTCOME)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.page.stamp(self.instance)

    def clean(self):
        """Nothing is settled that reads otherwise by now."""
        said = super().clean()
        if changes := self.page.changes(self.instance, said.get("seen", "")):
            self.data = {**self.data.dict(), "seen": self.initial["seen"]}
            self.add_error(None, gettext("Please look once more. It now says:"))
            self.add_error(None, self.page.in_one_line(changes))
        return said


@admin.register(Report)
class StaffReportAdmin(ShowsSubject, Seen, ReadOnly):
    """Reports about a circle's only keeper: nobody there can look into them."""

    form = SettlingForm
    list_display = ["created_at", "circle", "about", "reporter", "standing"]
    list_filter = [("settled_at", admin.EmptyFieldListFilter)]
    list_select_related = ["about", "reporter", "circle"]
    fields = [*FIELDS, *SETTLED, "seen"]
    readonly_fields = [*(name for name in fields if name not in ("outcome", "seen"))]
    ordering = ["-created_at", "-pk"]
    show_full_result_count = False

    def get_queryset(self, request):
        """What no keeper can act on; never what is about the reader."""
        return super().get_queryset(request).beyond_keepers().exclude(about=request.user)

    def has_module_permission(self, request):
        """All of the staff: the site lets in nobody else."""
        return True

    def has_view_permission(self, request, obj=None):
        """See `has_module_permission`; `get_queryset` says what."""
        return True

    def has_change_permission(self, request, obj=None):
        """It is settled once, by saying what was done."""
        return obj is None or obj.is_open

    def get_fields(self, request, obj=None):
        """What was settled has no form."""
        return self.fields if obj is None or obj.is_open else self.fields[:-1]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The form knows the page, and so what its reader saw."""
        return type("Settling", (super().get_form(request, obj, change, **kwargs),), {"page": self})

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Whom somebody else was faster than reads what they did."""
        obj = object_id and self.get_object(request, unquote(object_id))
        if request.method == "POST" and obj and not obj.is_open:
            changes = self.changes(obj, request.POST.get("seen", ""))
            words = gettext("Somebody settled this before.")
            messages.info(request, format_html("{} {}", words, self.in_one_line(changes)))
            return HttpResponseRedirect(request.path)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        """The form has cleaned; the verb writes, on a row that the form has not touched."""
        fresh = Report.objects.get(pk=obj.pk)
        fresh.settle(by=request.user, at=timezone.now(), outcome=form.cleaned_data["outcome"])
        messages.success(request, _("Settled. Whoever reported is told that it was looked at."))

    def log_change(self, request, obj, message):
        """The journal has it."""


def open_reports(person, at):
    """What members reported and nobody has settled, longest first."""
    reports = Report.objects.kept_by(person).open()
    shown = list(reports.select_related("circle", "reporter").order_by("created_at", "pk")[:MOST])
    subjects, reports_page = subjects_of(shown), organizers._registry[Report]
    rows = [_concern(report, subjects[report], reports_page.page_of(report)) for report in shown]
    return Section(gettext("Reported"), 5, rows, reports.count(), reports_page.list_url("state=open"))


def _concern(report, subject, page):
    detail = _detail(report)
    return Concern(text=subject.name, detail=detail, action=gettext("Look at it"), url=page, more=page)


def _detail(report):
    said = Truncator(report.reason).chars(120)
    return joined([report.circle, report.reporter, said], " · ")


organizers.concerns.append(open_reports)
