"""Who comes to which page of a request, slot or promise, and how each is fetched."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from circles.models import JournalEntry
from supportnet.notices.typed_ids import typed_id

from ..models import Answer, Claim, HelpRequest, Slot
from ..models.lifecycle import THROWN_AWAY
from ..visibility.rule import STANDS_BY, ByHand
from ..visibility.viewer import annotations, hand_on


class ThrownAway(Http404):
    """The draft that is asked for was thrown away, by whoever asks for it."""


def posted(request):
    """What a form is bound to: nothing while one only looks."""
    return request.POST if request.method == "POST" else None


def seen_sequence(request, name="seen"):
    """Of the time that the page showed its `sequence`, as the form says; None where it says none."""
    return typed_id(request.POST.get(name), digits=9)


def seen_request(request, pk, *, at, among=None):
    """The request with its people, and whether the reader keeps its circle; 404 if they may not see it.

    Raises `ThrownAway` of a draft that they threw away.
    """
    found = (HelpRequest.objects if among is None else among).visible_to(request.user, at=at)
    found = found.select_related("circle__consent", "asker", "posted_by", "consent")
    found = found.annotate(**annotations(request.user, at=at), stands_by=ByHand(STANDS_BY, request.user))
    try:
        return found.get(pk=pk)
    except HelpRequest.DoesNotExist:
        raise missing(request, pk) from None


def missing(request, pk):
    """What to raise where there is no such request for the reader: `ThrownAway` to whoever did so, else 404."""
    thrown = JournalEntry.objects.about(HelpRequest(pk=pk)).filter(verb=THROWN_AWAY, actor=request.user)
    return ThrownAway() if thrown.exists() else Http404()


def seen_slot(request, pk, *, at):
    """The slot of a request that the reader may see; else 404. Its `help_request` is fetched too."""
    slot = get_object_or_404(
        Slot.objects.visible_to(request.user, at=at)
        .select_related(
            *(f"help_request__{name}" for name in ("circle", "asker", "posted_by", "consent")), "series"
        )
        .annotate(**annotations(request.user, at=at, to="help_request__")),
        pk=pk,
    )
    hand_on(slot, slot.help_request)
    return slot


def slot_to_claim(request, pk, *, at):
    """As `seen_slot`, with no more than a claim wants: many press in the same moment."""
    slots = Slot.objects.visible_to(request.user, at=at)
    people = (f"help_request__{name}" for name in ("circle", "asker", "posted_by"))
    return get_object_or_404(slots.select_related(*people), pk=pk)


def seen_claim(request, pk, *, at):
    """The claim, if it is the reader's, or on a request that they ask, posted or keep; else 404."""
    about = "slot__help_request"
    claim = get_object_or_404(
        Claim.objects.visible_to(request.user, at=at)
        .with_unseen(request.user)
        .select_related(
            *(f"{about}__{name}" for name in ("circle", "asker", "posted_by", "consent")),
            *("person", "made_by", "thanks"),
        )
        .annotate(**annotations(request.user, at=at, to=f"{about}__")),
        pk=pk,
    )
    hand_on(claim, claim.help_request)
    return claim


def seen_answer(request, pk, *, at):
    """The answer to a question that the reader may see; else 404."""
    answers = Answer.objects.visible_to(request.user, at=at)
    return get_object_or_404(answers.select_related("help_request"), pk=pk)


def only_if(allowed):
    """403 for what one sees but may not do."""
    if not allowed:
        raise PermissionDenied
