"""Long lists, page by page, without counting them."""

from dataclasses import dataclass

from django.http import Http404

from supportnet.notices.typed_ids import typed_id

# The database counts through all rows before a page, so that very late ones would be slow.
MOST_PAGES = 10_000


@dataclass
class Page:
    """Some rows of a list, and the numbers of the pages beside them, or None."""

    rows: list
    number: int
    has_more: bool

    @property
    def previous(self):
        """The page before it."""
        return self.number - 1 or None

    @property
    def next(self):
        """The page after it."""
        return self.number + 1 if self.has_more else None


def turned_to(request, rows, *, per_page):
    """The page of `rows` that the address asks for (`?page=2`). One query; 404 for a page that is not there."""
    number = _number(request.GET.get("page", "1"))
    found = list(rows[(number - 1) * per_page : number * per_page + 1])
    if number > 1 and not found:
        raise Http404
    return Page(found[:per_page], number, len(found) > per_page)


def _number(typed):
    number = typed_id(typed, digits=5)
    if not (number and number <= MOST_PAGES):
        raise Http404
    return number
