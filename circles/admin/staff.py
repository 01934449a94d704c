"""The whole installation, for staff: people, circles, the outbox, and who was last seen at work."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circles.models import Circle, LastKeeper, Person
from supportnet.notices import kinds
from supportnet.notices.models import Heartbeat, Notice
from supportnet.notices.text_direction import isolated, typed
from supportnet.panel.admin import Exact, NotFound, Seen

# Addresses, second factors, sessions and rights are their owners' own; by hand they would only fall out of step.
for other in (EmailAddress, Authenticator, UserSession, Group):
    admin.site.unregister(other)
admin.site.site_header = admin.site.site_title = _("Staff")
admin.site.index_title = _("The installation")
admin.site.enable_nav_sidebar = False


class ReadOnly(Exact, NotFound, admin.ModelAdmin):
    """Rows for reading: they change by what people do, not by hand."""

    actions = None
    view_on_site = False

    def has_add_permission(self, request):
        """Rows come from what people do."""
        return False

    def has_change_permission(self, request, obj=None):
        """Rows change by what people do."""
        return False

    def has_delete_permission(self, request, obj=None):
        """No row is deleted by hand."""
        return False


class MailRefused(admin.EmptyFieldListFilter):
    """Whether the address takes mail."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = _("mail refused")


@admin.register(Person)
class PersonAdmin(Seen, ReadOnly):
    """Everybody with an account; closed and mailed again by verbs."""

    actions = ["deactivate", "sign_out", "mail_again"]
    list_display = ["name", "email", "is_active", "is_staff", "joined_at", "last_login", "mail_refused_at"]
    list_filter = ["is_active", "is_staff", ("mail_refused_at", MailRefused)]
    search_fields = ["name", "email"]
    fields = [
        *("name", "email", "language", "time_zone", "area", "joined_at", "verified_at", "last_login"),
        *("mail_refused_at", "mail_refused_because", "is_active", "is_staff"),
    ]
    saw = ["name", "email", "mail_refused_at", "is_active", "is_staff"]
    show_full_result_count = False

    @admin.action(description=_("Close the account"))
    def deactivate(self, request, queryset):
        """End their memberships, free their promises, refuse sign-in."""
        for person in self.as_seen(request, queryset.filter(is_active=True)):
            try:
                person.deactivate(by=request.user, at=timezone.now())
            except LastKeeper:
                words = _("%(person)s is the last keeper of a circle. Name another keeper first.")
                messages.warning(request, words % typed(person=person))
            else:
                messages.success(request, _("The account of %(person)s is closed.") % typed(person=person))

    @admin.action(description=_("Sign out everywhere"))
    def sign_out(self, request, queryset):
        """For whoever lost a phone and can't sign in to do it themselves."""
        for person in self.as_seen(request, queryset):
            person.end_sessions(at=timezone.now())
            messages.success(request, _("%(person)s is signed out everywhere.") % typed(person=person))

    @admin.action(description=_("Send mail to this address again"))
    def mail_again(self, request, queryset):
        """Forget that the address refused mail."""
        again = self.as_seen(request, queryset.filter(mail_refused_at__isnull=False))
        rows = Person.objects.filter(pk__in=[person.pk for person in again], mail_refused_at__isnull=False)
        number = rows.update(mail_refused_at=None, mail_refused_because="")
        messages.success(request, _("%(number)d addresses get mail again.") % {"number": number})


@admin.register(Circle)
class CircleAdmin(ReadOnly):
    """Every circle."""

    list_display = ["name", "kind", "area", "created_at", "archived_at"]
    list_filter = ["kind", ("archived_at", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    fields = ["name", "kind", "area", "time_zone", "created_at", "archived_at", "who_keeps_it"]
    readonly_fields = ["who_keeps_it"]
    show_full_result_count = False

    @admin.display(description=_("keepers"))
    def who_keeps_it(self, circle):
        """The keepers and when they were last here."""
        return ", ".join(
            f"{isolated(keeper.person)} <{keeper.person.email}> ({keeper.person.last_login or '–'})"
            for keeper in circle.keepers()
        )


class Kind(admin.SimpleListFilter):
    """By the kind of mail: those that the code knows, so that no table is read to offer them."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        """Every kind, by its label."""
        return sorted(((kind.name, kind.label) for kind in kinds.all_kinds()), key=lambda one: str(one[1]))

    def queryset(self, request, queryset):
        """Notices of the chosen kind."""
        return queryset if self.value() is None else queryset.filter(kind=self.value())


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    """The outbox."""

    list_display = ["kind", "reader", "state", "due_at", "try_at", "attempts", "error"]
    list_filter = [
        Kind,
        *((end, admin.EmptyFieldListFilter) for end in ("sent_at", "failed_at", "dropped_at")),
    ]
    list_select_related = ["reader"]
    search_fields = ["reader__name"]
    fields = [
        *("kind", "reader", "state", "created_at", "due_at", "try_at", "expires_at", "attempts"),
        *("sent_at", "failed_at", "error", "dropped_at", "dropped_because", "seen_at"),
    ]
    readonly_fields = ["state"]
    ordering = ["-pk"]
    show_full_result_count = False


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly):
    """Who was last seen at work."""

    list_display = ["process", "at"]
