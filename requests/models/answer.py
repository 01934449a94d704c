"""A reply to an informational request."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from circles.limits import at_most
from circles.models import Block
from circles.models.person import known
from supportnet.notices.text_direction import joined

from ..visibility.rule import KEPT, ByHand
from .help_request import HelpRequest


class AnswerQuerySet(models.QuerySet):
    """Answers, by who may see them."""

    def visible_to(self, person, *, at):
        """Answers to the questions that `person` may see, by people whom they see. Raises `NobodyAsked`."""
        questions = HelpRequest.objects.visible_to(known(person), at=at).values("pk")
        return self.filter(help_request__in=questions).seen_by(person)

    def seen_by(self, person):
        """Answers by people whom `person` sees, or saw when they were given; keepers see all that is answered there."""
        kept = ByHand(KEPT, person, to="help_request__")
        unseen = Block.objects.unseen(person, field="person", over=F("created_at"))
        return self.filter(~unseen | kept)


class Answer(models.Model):
    """A reply to a question, with where the knowledge comes from."""

    help_request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="answers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="answers")
    text = models.TextField(_("answer"), max_length=4000)
    been_there = models.BooleanField(_("I have been through this"), default=False)
    for_work = models.BooleanField(_("I do this for work"), default=False)
    created_at = models.DateTimeField(_("answered"))
    helped_at = models.DateTimeField(_("that helped"), null=True, blank=True)
    form_key = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["created_at", "pk"]
        constraints = [
            at_most(4000, "text", model="answer"),
            models.CheckConstraint(condition=~models.Q(text=""), name="answer_says_something"),
        ]

    def __str__(self):
        return joined([self.person, self.help_request], " – ")

    def mark_helped(self, *, at):
        """The asker says that this helped. Saying it twice is saying it once."""
        self.helped_at = self.helped_at or at
        self.save(update_fields=["helped_at"])

    def take_helped_back(self):
        """It was a slip."""
        self.helped_at = None
        self.save(update_fields=["helped_at"])
