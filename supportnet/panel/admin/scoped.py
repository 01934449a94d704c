"""A page of the panel: rows of the circles that the reader keeps, changed by the models' verbs alone."""

from functools import update_wrapper

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import quote, unquote
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from .queries import MOST_AT_ONCE, Exact
from .seen import Seen


class NotFound:
    """The part of an admin page that answers an unknown id with 404, where Django leads elsewhere with a message."""

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404


class Scoped(Seen, Exact, NotFound, ModelAdmin):
    """Lists, pages, filters, search, choices and bulk actions stay within `kept_by(reader)`; the rest is 404.

    `verbs` are what can be done; `situations` turns the exceptions that they raise into plain words.
    The circle's journal is the record of what was done, so Django's own log is not written.
    """

    weight = 50  # its place among the pages; light ones come first
    verbs = ()
    situations = {}
    change_form_template = "panel/change_form.html"
    change_list_template = "panel/change_list.html"
    object_history_template = "panel/history.html"
    show_full_result_count = False
    list_per_page = 50
    view_on_site = False

    def get_queryset(self, request):
        """Rows in the circles that the reader keeps."""
        rows = self.model._default_manager.kept_by(request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def has_view_permission(self, request, obj=None):
        """The site lets in keepers only, and `get_queryset` shows them their own."""
        return True

    def has_module_permission(self, request):
        """See `has_view_permission`."""
        return True

    def has_add_permission(self, request):
        """New things begin on the ordinary pages."""
        return False

    def has_change_permission(self, request, obj=None):
        """Pages are for reading, unless a subclass has a form whose saving is a verb."""
        return False

    def has_delete_permission(self, request, obj=None):
        """No row is ever deleted here."""
        return False

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Choices from the reader's own circles, or none at all."""
        rows = db_field.remote_field.model._default_manager.all()
        kept = rows.kept_by(request.user) if hasattr(rows, "kept_by") else rows.none()
        return super().formfield_for_foreignkey(db_field, request, **{"queryset": kept, **kwargs})

    def log_change(self, request, obj, message):
        """The journal has it."""

    # Verbs

    def get_urls(self):
        """One address for each verb, before Django's own catch-all."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_verb"

        def view(request, object_id, verb):
            return self.admin_site.admin_view(self.verb_view)(request, object_id, verb)

        address = path("<path:object_id>/do/<slug:verb>/", update_wrapper(view, self.verb_view), name=name)
        return [address, *super().get_urls()]

    def verb_url(self, obj, verb):
        """Where `verb` is done to `obj`."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_verb"
        return reverse(name, args=[quote(obj.pk), verb])

    def page_of(self, obj):
        """The address of an object's own page."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[quote(obj.pk)])

    def name_of(self, obj):
        """What the panel calls an object."""
        return str(obj)

    def list_url(self, query=""):
        """The address of the list, filtered by `query`."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist"
        return reverse(name) + (query and f"?{query}")

    def verb_view(self, request, object_id, verb):
        """Ask what the verb needs to know, then do it (POST) and go back to the object."""
        obj = self.get_object(request, unquote(object_id))
        verb = next((one for one in self.verbs if one.name == verb), None)
        if obj is None or verb is None:
            raise Http404
        told = verb.told([obj], at=timezone.now())
        changes = self.changes(obj, request.POST.get("seen", ""), told)
        if not verb.when(obj):
            messages.info(request, self._too_late(obj, changes))
            return HttpResponseRedirect(self.page_of(obj))
        posted = request.POST if request.method == "POST" else None
        form = verb.form(posted, obj=obj, by=request.user, at=timezone.now())
        if form.is_valid() and not changes:
            if self._did(request, verb, obj, **form.cleaned_data):
                messages.success(request, verb.done)
                return HttpResponseRedirect(self._back(request, obj))
        return self._ask(request, verb, obj, form, told=told, changes=changes)

    def _too_late(self, obj, changes):
        words = gettext("This has changed in the meantime; nothing was done.")
        return format_html("{} {}", words, self.in_one_line(changes)) if changes else words

    def _ask(self, request, verb, obj, form, *, told, changes):
        wrong = request.method == "POST"
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": verb.label,
            "verb": verb,
            "form": form,
            "told": told,
            "changes": changes,
            "seen": self.stamp(obj, told),
            "original": obj,
            "name": self.name_of(obj),
            "back": self.page_of(obj),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "panel/verb.html", context, status=422 if wrong else 200)

    def _back(self, request, obj):
        """Today, if the button was pressed there, else the object's page if it is still in sight."""
        if request.POST.get("from") == "today":
            return reverse(f"{self.admin_site.name}:index")
        if self.get_queryset(request).filter(pk=obj.pk).exists():
            return self.page_of(obj)
        return self.list_url()

    def _did(self, request, verb, obj, **said):
        """Do it, or say in plain words why not."""
        try:
            verb.act(obj, by=request.user, at=timezone.now(), **said)
        except tuple(self.situations) as situation:
            messages.warning(request, self._in_words(situation))
            return False
        return True

    def _in_words(self, situation):
        for kind in type(situation).__mro__:
            if kind in self.situations:
                words = self.situations[kind]
                return words(situation) if callable(words) else words
        raise situation

    def get_actions(self, request):
        """The verbs that make sense for many rows."""
        return {verb.name: (_in_bulk(verb), verb.name, verb.label) for verb in self.verbs if verb.bulk}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The object's page, with its verbs."""
        obj = object_id and self.get_object(request, unquote(object_id))
        name = obj and self.name_of(obj)
        offered = [(verb, self.verb_url(obj, verb.name)) for verb in self.verbs if obj and verb.when(obj)]
        context = {"offered": offered, "name": name, "title": name, "subtitle": None, "show_close": False}
        context["seen"] = self.stamp(obj) if obj else ""
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))

    def changelist_view(self, request, extra_context=None):
        """The list, called by what it lists."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    # What happened

    def history_of(self, obj):
        """The journal's rows about `obj`; the rooms know the journal."""
        return []

    def history_view(self, request, object_id, extra_context=None):
        """What was done with the object, from the journal."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("What happened"),
            "subtitle": self.name_of(obj),
            "entries": self.history_of(obj),
            "opts": self.opts,
            "original": obj,
            "name": self.name_of(obj),
            "back": self.page_of(obj),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.object_history_template, context)


def _in_bulk(verb):
    """A bulk action that does the verb to each of the chosen rows for which it makes sense."""

    def act(model_admin, request, queryset):
        chosen = list(queryset[: MOST_AT_ONCE + 1])
        seen = model_admin.as_seen(request, chosen[:MOST_AT_ONCE])
        fitting = [obj for obj in seen if verb.when(obj)]
        told = verb.told(fitting, at=timezone.now())
        if told and "sure" not in request.POST:
            return _ask_about_many(model_admin, request, verb, fitting, told)
        done = sum(model_admin._did(request, verb, obj) for obj in fitting)
        if done:
            messages.success(request, ngettext("Done for %d.", "Done for %d.", done) % done)
        if done < len(seen) or not chosen:
            messages.info(request, gettext("For the others nothing was to be done."))
        if len(chosen) > MOST_AT_ONCE:
            words = gettext("Only the first %d were looked at. Choose the rest and press again.")
            messages.info(request, words % MOST_AT_ONCE)

    return act


def _ask_about_many(model_admin, request, verb, objects, told):
    """Who would be told, before many rows are changed at once."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": verb.label,
        "verb": verb,
        "objects": [(obj.pk, model_admin.name_of(obj), model_admin.stamp(obj)) for obj in objects],
        "told": told,
        "back": request.get_full_path(),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "panel/bulk.html", context)
