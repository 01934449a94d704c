"""The verbs by which keepers note something about a member."""

from django.utils.translation import gettext_lazy as _

from supportnet.panel.admin import Verb

from .forms import UntilForm

# Members are told of none of this, but for a check of their own.
NOTES = (
    Verb(
        "contact",
        _("First contact done"),
        lambda membership, *, by, at: membership.note_contact(by=by, at=at),
        done=_("Noted. Only keepers see it."),
        when=lambda membership: membership.is_current and not membership.first_contact_at,
        bulk=True,
    ),
    Verb(
        "no-contact",
        _("No first contact yet"),
        lambda membership, *, by, at: membership.forget_contact(by=by, at=at),
        done=_("Noted. Only keepers see it."),
        when=lambda membership: membership.is_current and membership.first_contact_at,
    ),
    Verb(
        "check",
        _("Checked until …"),
        lambda membership, *, by, at, until: membership.note_check(by=by, until=until, at=at),
        done=_("Noted. Besides the keepers, only the member sees it."),
        when=lambda membership: membership.is_current,
        form=UntilForm,
    ),
    Verb(
        "end-check",
        _("No longer checked"),
        lambda membership, *, by, at: membership.end_check(by=by, at=at),
        done=_("They no longer count as checked."),
        when=lambda membership: membership.is_current and membership.checked_until,
        bulk=True,
    ),
    Verb(
        "exclude",
        _("Set quietly aside"),
        lambda membership, *, by, at: membership.exclude(by=by, at=at),
        done=_("They are quietly set aside and are not told."),
        when=lambda membership: (
            membership.is_current and not membership.is_keeper and not membership.excluded_at
        ),
        hint=_(
            "They stay in the circle, find every place taken already, and hear of nothing new. Nobody tells them."
        ),
    ),
    Verb(
        "include",
        _("Take back among the others"),
        lambda membership, *, by, at: membership.include_again(by=by, at=at),
        done=_("They stand among the others again and are not told."),
        when=lambda membership: membership.is_current and membership.excluded_at,
        bulk=True,
    ),
)
