"""Small stories, told by the verbs, out of which every kind of mail comes: what previews and tests look at.

An app's `mails/previews.py` registers functions with `@scene`. Each gets the present moment, makes people and things
of its own, and lets happen what happens; whatever notices come of it are shown. Nothing of it stays.
"""

from dataclasses import dataclass
from itertools import groupby

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.module_loading import autodiscover_modules

from supportnet.notices import rendering
from supportnet.notices.kinds import Kind, all_kinds, kind_named
from supportnet.notices.models import Notice

_scenes = []


def scene(function):
    """Decorator: `function(at)` tells a story; the first line of its docstring names it."""
    _scenes.append(function)
    return function


@dataclass(frozen=True)
class Preview:
    """One mail that came of a scene."""

    kind: Kind
    scene: str
    message: EmailMessage

    @property
    def text(self):
        """The text part."""
        return self.message.body

    @property
    def html(self):
        """The HTML part."""
        return self.message.alternatives[0].content

    @property
    def headers(self):
        """(name, value) of all headers, as they would be sent."""
        return list(self.message.message().items())

    @property
    def attachments(self):
        """(file name, content) of each attachment."""
        return [(attachment.filename, attachment.content) for attachment in self.message.attachments]


def previews(*, language, at, kind=None):
    """Every mail that comes of the scenes, in `language`; of one kind only, if named."""
    autodiscover_modules("mails.previews")
    found = []
    for function in _scenes:
        with transaction.atomic():
            found += _of_scene(function, language=language, at=at, kind=kind)
            transaction.set_rollback(True)
    return sorted(found, key=lambda preview: preview.kind.name)


def kinds_without_preview(at):
    """Kinds that come of no scene."""
    seen = {preview.kind for preview in previews(language="en", at=at)}
    return [kind for kind in all_kinds() if kind not in seen]


def _of_scene(function, *, language, at, kind):
    latest = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    function(at)
    notices = Notice.objects.filter(pk__gt=latest, **({"kind": kind} if kind else {}))
    notices = notices.select_related("reader").order_by("kind", "reader", "pk")
    title = (function.__doc__ or function.__name__).strip().splitlines()[0]
    return [Preview(kind_named(group[0].kind), title, _letter(group, language)) for group in _mails(notices)]


def _mails(notices):
    """Lists of notices that are still true when the scene ends, and go out together."""
    for _, group in groupby(notices, key=_goes_with):
        true = [notice for notice in group if _is_true(notice)]
        if true:
            yield true


def _goes_with(notice):
    return notice.kind, notice.reader_id if kind_named(notice.kind).collects else notice.pk


def _is_true(notice):
    kind = kind_named(notice.kind)
    cause = kind.causes([notice.cause_id])[notice.cause_id]
    reasons = kind.reasons_against([(notice, cause)], notice.due_at)
    return not (reasons.get(notice.pk) or kind.still_true(cause, notice, notice.due_at))


def _letter(notices, language):
    kind = kind_named(notices[0].kind)
    found = kind.causes({notice.cause_id for notice in notices})
    causes = [found[notice.cause_id] for notice in notices]
    return rendering.compose(kind, notices, causes, at=notices[-1].due_at, language=language)
