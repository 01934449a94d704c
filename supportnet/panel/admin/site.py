"""The site at /organize/: open to whoever keeps a circle, and to nobody else."""

from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .queries import ExactSite

# A link by content type would tell what exists, no form of the staff's completes what is typed, no password opens
# anything.
NOT_FOR_STAFF = {"view_on_site", "autocomplete", "password_change", "password_change_done"}
# Signing in and out are allauth's.
NOT_OURS = {"login", "logout"} | NOT_FOR_STAFF


class StaffSite(ExactSite, AdminSite):
    """Django's admin for the staff, at /admin/."""

    def get_urls(self):
        """Only what the staff need."""
        return [url for url in super().get_urls() if getattr(url, "name", None) not in NOT_FOR_STAFF]


class OrganizerSite(ExactSite, AdminSite):
    """Django's admin for keepers. `concerns` are functions(person, at) that give a `Section` of Today."""

    site_header = site_title = _("Organize")
    index_title = _("Today")
    index_template = "panel/today.html"
    enable_nav_sidebar = False

    def __init__(self, name="organize"):
        super().__init__(name)
        self.concerns = []
        self._actions = {}  # nothing is ever deleted in bulk

    def has_permission(self, request):
        """Whether the reader keeps a circle."""
        person = request.user
        return person.is_authenticated and person.is_active and person.keeps_any_circle()

    def admin_view(self, view, cacheable=False):
        """Lead the signed-out to the door and everybody else to a page that is not there."""
        inner = super().admin_view(view, cacheable)

        def guarded(request, *args, **kwargs):
            if self.has_permission(request):
                return inner(request, *args, **kwargs)
            if request.user.is_authenticated:
                raise Http404
            return redirect_to_login(request.get_full_path())

        return update_wrapper(guarded, view)

    def get_urls(self):
        """Only what an organizer needs."""
        return [url for url in super().get_urls() if getattr(url, "name", None) not in NOT_OURS]

    def each_context(self, request):
        """What every page has, and the pages in their order."""
        pages = sorted(self._registry.values(), key=lambda page: page.weight)
        rooms = [(page.list_url(), page.opts.verbose_name_plural) for page in pages]
        return {**super().each_context(request), "rooms": rooms}

    def index(self, request, extra_context=None):
        """Today: what is about to fall through, worst first."""
        at = timezone.now()
        found = (concern(request.user, at) for concern in self.concerns)
        sections = sorted((section for section in found if section), key=lambda section: section.weight)
        context = {**self.each_context(request), "title": self.index_title, "sections": sections}
        request.current_app = self.name
        return TemplateResponse(request, self.index_template, context | (extra_context or {}))


organizers = OrganizerSite()
