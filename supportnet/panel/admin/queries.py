"""What may stand behind the question mark of a page of either admin site: what that page offers, and nothing else.

Django's admin lets a query string name any column to which relations lead; counting the rows that come back
then reads, letter by letter, what no page shows. Here a list takes the values that its own filters offer, a
column by which it can be sorted, a page and a search; anything else is refused before any row is looked at.
"""

import re
from functools import wraps

from django import forms
from django.contrib.admin import FieldListFilter, ShowFacets
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ALL_VAR, ORDER_VAR, PAGE_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import ngettext

# Where a list was before one of its rows was opened, so that the way back leads there.
CAME_FROM = "_changelist_filters"
# Of bounded length: no number is too large for the database, and no order has more than ten columns.
PAGE_NUMBER = re.compile("[1-9][0-9]{0,5}")
SORTED_BY = re.compile(r"-?[0-9]{1,2}(\.-?[0-9]{1,2}){0,9}")
ROW_ID = re.compile("[0-9]{1,18}")
# Longer searches find nothing and cost time.
MOST_LETTERS = 100
MOST_WORDS = 6
# Rows that one press may change; choosing all that were found counts as so many in `posting_limits.py`.
MOST_AT_ONCE = 100


class ExactSite:
    """An admin site that refuses, as a page that is not there, whatever query its pages do not offer."""

    def admin_view(self, view, cacheable=False):
        """Look at the query before the view does."""
        return super().admin_view(_exact(view), cacheable)


def _exact(view):
    page = getattr(view, "__self__", None)
    is_list = getattr(view, "__name__", "") == "changelist_view"

    @wraps(view)
    def exact(request, *args, **kwargs):
        if not _is_offered(page, request, is_list) or _opens_popup(request):
            raise Http404
        return view(request, *args, **kwargs)

    return exact


def _is_offered(page, request, is_list):
    if not request.GET:
        return True
    if not isinstance(page, Exact):
        return False
    if is_list:
        return page.offers(request, request.GET)
    return set(request.GET) == {CAME_FROM} and page.offers(request, QueryDict(request.GET[CAME_FROM]))


def _opens_popup(request):
    """Nothing of ours opens one, and its answer would hold any attribute that it is asked for."""
    return request.method == "POST" and (IS_POPUP_VAR in request.POST or TO_FIELD_VAR in request.POST)


class SearchForm(forms.Form):
    """A few words. Each is looked for in each searched column, so many would make a slow query."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[SEARCH_VAR] = forms.CharField(
            required=False, strip=False, max_length=MOST_LETTERS, validators=[_few_words]
        )


def _few_words(text):
    if len(text.split()) > MOST_WORDS:
        words = ngettext("Search for %d word at most.", "Search for %d words at most.", MOST_WORDS)
        raise ValidationError(words % MOST_WORDS)


class ExactList(ChangeList):
    """A list that is searched for a few words."""

    search_form_class = SearchForm


class ForgivingPaginator(Paginator):
    """Rows may have gone since the link to a page was made: beyond the last page is the last one."""

    def validate_number(self, number):
        """That number, or the last page's."""
        return min(number, self.num_pages)


class Exact:
    """The part of an admin page that says what its query string may say."""

    show_facets = ShowFacets.NEVER
    list_max_show_all = MOST_AT_ONCE
    paginator = ForgivingPaginator

    def get_changelist(self, request, **kwargs):
        """See `ExactList`."""
        return ExactList

    def offers(self, request, query):
        """Whether a link or a form of this page's list makes that query."""
        filtered = {}
        for name, values in query.lists():
            if len(values) != 1 or "\x00" in values[0]:
                return False
            if name not in (SEARCH_VAR, ORDER_VAR, PAGE_VAR, ALL_VAR):
                filtered[name] = values[0]
            elif not self._takes(request, name, values[0]):
                return False
        offered = self.filters_offer(request, filtered)
        return all(value in offered.get(name, ()) for name, value in filtered.items())

    def _takes(self, request, name, value):
        if name == SEARCH_VAR:
            return True  # a list without a search shows all its rows
        if name == PAGE_VAR:
            return bool(PAGE_NUMBER.fullmatch(value))
        return value == "" or (name == ORDER_VAR and self._sorts_by(request, value))

    def _sorts_by(self, request, value):
        if not SORTED_BY.fullmatch(value):
            return False
        columns = [*["action_checkbox"] * bool(self.get_actions(request)), *self.get_list_display(request)]
        asked = [int(part.removeprefix("-")) for part in value.split(".")]
        sortable = self.get_sortable_by(request)
        return all(number < len(columns) and columns[number] in sortable for number in asked)

    def get_sortable_by(self, request):
        """Columns with an order of their own; Django takes "__str__" for a chain of relations."""
        return [column for column in super().get_sortable_by(request) if self._is_sortable(column)]

    def _is_sortable(self, column):
        try:
            return bool(self.opts.get_field(column))
        except FieldDoesNotExist:
            shown = getattr(self, column, None) or getattr(self.model, column, None)
            return hasattr(shown, "admin_order_field")

    def filters_offer(self, request, names=None):
        """{parameter: values} of the page's filters, or of those that may know one of the names."""
        links = _Links()
        for item in self.get_list_filter(request):
            # A filter with a name of its own may look up its choices, and need not when it is not asked.
            if names is None or getattr(item, "parameter_name", None) in (None, *names):
                list(_filter_of(self, request, item).choices(links))
        return links.offered

    def lookup_allowed(self, lookup, value, request):
        """Django asks once more, for each parameter: the same rule."""
        return self.offers(request, MultiValueDict({lookup: [value]}))

    def to_field_allowed(self, request, to_field):
        """Rows are found by their number alone."""
        return False

    def response_action(self, request, queryset):
        """What is chosen are numbers of rows."""
        if not all(map(ROW_ID.fullmatch, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise Http404
        return super().response_action(request, queryset)


class _Links:
    """Stands where a filter expects the list for which it makes links, and keeps what they would say."""

    add_facets = False

    def __init__(self):
        self.offered = {}

    def get_query_string(self, new_params=None, remove=None):
        """One link of a filter."""
        for name, value in (new_params or {}).items():
            if value is not None:
                self.offered.setdefault(name, set()).add(str(value))
        return ""


def _filter_of(page, request, item):
    """A filter of the page, with nothing chosen."""
    if callable(item):
        return item(request, {}, page.model, page)
    name, kind = item if isinstance(item, list | tuple) else (item, FieldListFilter.create)
    field = get_fields_from_path(page.model, name)[-1]
    return kind(field, request, {}, page.model, page, field_path=name)
