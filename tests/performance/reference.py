"""What our pages are measured against: the plainest that do a comparable thing. Our own stand beside them."""

from functools import lru_cache

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from requests.models import Claim, HelpRequest, Slot

BLANK = """{% extends "base.html" %}{% block title %}Blank{% endblock %}"""
LIST = """{% extends "base.html" %}{% block title %}List{% endblock %}{% block content %}<h1>List</h1>
<ul>{% for row in rows %}<li><a href="{% url "blank_of" row.pk %}">{{ row.title }}</a>, {{ row.circle.name }},
{{ row.asker.name }}, {{ row.published_at|date:"j F Y, H:i" }}</li>{% endfor %}</ul>{% endblock %}"""


@lru_cache
def _template(source):
    return engines["django"].from_string(source)


@login_required
def blank(request, pk=None):
    """B: the base page for somebody who is signed in, and nothing on it. Two queries."""
    return HttpResponse(_template(BLANK).render({}, request))


@login_required
def plain_list(request, circle):
    """L: the last 30 rows of one circle by the ORM, a line each, as one first writes it."""
    rows = (
        HelpRequest.objects.filter(circle=circle)
        .select_related("circle", "asker")
        .order_by("-published_at")[:30]
    )
    return HttpResponse(_template(LIST).render({"rows": rows}, request))


@require_POST
@login_required
def bare_claim(request, pk):
    """One conditional UPDATE and one INSERT in a transaction."""
    at = timezone.now()
    with transaction.atomic():
        if not Slot.objects.filter(pk=pk, taken__lt=F("capacity")).update(taken=F("taken") + 1):
            return HttpResponseRedirect("/circles/")
        Claim.objects.create(
            slot_id=pk, person=request.user, made_by=request.user, claimed_at=at, accepted_at=at
        )
    return HttpResponseRedirect("/")


urlpatterns = [
    path("reference/blank/", blank, name="blank"),
    path("reference/blank/<int:pk>/", blank, name="blank_of"),
    path("reference/list/<int:circle>/", plain_list, name="plain_list"),
    path("reference/claim/<int:pk>/", bare_claim, name="bare_claim"),
    path("", include("supportnet.urls")),
]
