"""Who comes to which page of a request, slot or promise, and how each is fetched."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404

from circles.models import Membership

from ..models import Answer, Claim, HelpRequest, Slot
from ..models.help_request import looked_lately


def posted(request):
    """What a form is bound to: nothing while one only looks."""
    return request.POST if request.method == "POST" else None


def seen_request(request, pk, *, at, among=None):
    """The request with its people, and whether the reader keeps its circle; 404 if they may not see it."""
    found = (HelpRequest.objects if among is None else among).visible_to(request.user, at=at)
    found = found.select_related("circle", "asker", "posted_by")
    found = found.annotate(
        kept_by_reader=_kept_by(request.user, "circle"), looked_lately=looked_lately(request.user, at=at)
    )
    return get_object_or_404(found, pk=pk)


def seen_slot(request, pk, *, at):
    """The slot of a request that the reader may see; else 404. Its `help_request` is fetched too."""
    slot = get_object_or_404(
        Slot.objects.visible_to(request.user, at=at)
        .select_related("help_request__circle", "help_request__asker", "help_request__posted_by", "series")
        .annotate(kept_by_reader=_kept_by(request.user, "help_request__circle")),
        pk=pk,
    )
    slot.help_request.kept_by_reader = slot.kept_by_reader
    return slot


def seen_claim(request, pk, *, at):
    """The claim, if it is the reader's, or on a request that they ask, posted or keep; else 404."""
    about = "slot__help_request"
    claim = get_object_or_404(
        Claim.objects.visible_to(request.user, at=at)
        .select_related(
            *(f"{about}__circle", f"{about}__asker", f"{about}__posted_by"), "person", "made_by", "thanks"
        )
        .annotate(kept_by_reader=_kept_by(request.user, f"{about}__circle")),
        pk=pk,
    )
    claim.help_request.kept_by_reader = claim.kept_by_reader
    return claim


def seen_answer(request, pk, *, at):
    """The answer to a question that the reader may see; else 404."""
    answers = Answer.objects.visible_to(request.user, at=at)
    return get_object_or_404(answers.select_related("help_request"), pk=pk)


def only_if(allowed):
    """403 for what one sees but may not do."""
    if not allowed:
        raise PermissionDenied


def _kept_by(person, circle):
    return Exists(Membership.objects.keepers().filter(person=person, circle=OuterRef(circle)))
