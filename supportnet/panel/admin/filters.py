"""Filters that offer only what the reader may see."""

from django.contrib.admin import SimpleListFilter
from django.utils.translation import gettext_lazy as _


class Kept(SimpleListFilter):
    """By circle, among those that the reader keeps. Subclasses name `circles` (its manager) and `lookup`."""

    title = _("circle")
    parameter_name = "circle"
    circles = None
    lookup = "circle"

    def lookups(self, request, model_admin):
        """The reader's circles."""
        return [(str(circle.pk), circle.name) for circle in self.circles().kept_by(request.user)]

    def queryset(self, request, queryset):
        """Rows of the chosen circle."""
        return queryset if self.value() is None else queryset.filter(**{self.lookup: self.value()})

    def has_output(self):
        """It is checked also when there is nothing to choose."""
        return True


class Standing(SimpleListFilter):
    """By where something stands. Subclasses give `standings`: value → (label, function(queryset, at))."""

    title = _("state")
    parameter_name = "state"
    standings = {}

    def lookups(self, request, model_admin):
        """The standings in their order."""
        return [(value, label) for value, (label, _narrow) in self.standings.items()]

    def queryset(self, request, queryset):
        """Rows that stand so."""
        if self.value() not in self.standings:
            return queryset
        return self.standings[self.value()][1](queryset)
