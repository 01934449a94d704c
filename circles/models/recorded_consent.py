"""A yes that a keeper writes down for somebody without e-mail: never instead of somebody who can be asked."""

from .refusal import LeftInPeace, Refusal


def require_recordable(name, *, circle, by, at):
    """Raise `LeftInPeace` unless `by` may write down a yes of `name` in `circle` (None: not in one yet).

    Not over a no of somebody who may be meant, nor for a member who has an account: they are asked, and answer.
    """
    if Refusal.objects.forbid_recording(name, circle=circle, by=by, at=at):
        raise LeftInPeace
    if circle and _is_called_so(circle, name, but=by):
        raise LeftInPeace


def _is_called_so(circle, name, *, but):
    people = circle.memberships.current().exclude(person=but).filter(person__email__isnull=False)
    return people.filter(person__name__iexact=" ".join(name.split())).exists()
