"""What a request lays open of whom it is for, row by row, for the page on which they say yes."""

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from circles import time_text
from circles.consent_rows import Room, Row, Section, register
from circles.models import Ring
from supportnet.notices.text_direction import typed

from ..catalogue import Reach, details
from ..models import Claim, HelpRequest, Slot
from ..models.asking_for_another import DETAIL, DOOR
from ..models.daily_wishes import VISIT
from ..models.locks import lock_in_order
from ..visibility import policies
from ..visibility.private_fields import LABELS
from .dish_hints import wishes_in_words

# Times that are named one by one; of more only their number is said.
FEW = 6


def _about(consent):
    return HelpRequest.objects.filter(Q(consent=consent) | Q(circle__consent=consent))


def _lock(about, *, at):
    promised = Claim.objects.live().ahead(at=at).filter(slot__help_request__in=about.values("pk"))
    people = [claim.person for claim in promised.select_related("person")]
    lock_in_order(Slot.objects.filter(help_request__in=about.values("pk")), people=people, requests=about)


@register
class OfRequests(Room):
    """The help requests that wait for the consent."""

    def circle(self, consent):
        """Where the first of them is asked."""
        asked = consent.help_requests.select_related("circle").order_by("pk").first()
        return asked and asked.circle

    def lock(self, consent, *, at):
        """Their rows, their times, and whoever has promised."""
        _lock(_about(consent), at=at)

    def words(self, consent):
        """All that they say, asked or not."""
        return [help_request.all_that_is_said() for help_request in _asked_by(consent)]

    def sections(self, consent, at):
        """See `sections_of`."""
        return sections_of(consent, at)


def sections_of(consent, at):
    """What the person sees before they agree: of each request its words, its ladder, its times and its waves."""
    return [section for help_request in _asked_by(consent) for section in _sections(help_request, at)]


def _asked_by(consent):
    """The requests that ask for this very consent, and are not called off."""
    asked = HelpRequest.objects.filter(consent=consent, cancelled_at=None).order_by("pk")
    asked = asked.select_related("circle", "posted_by").prefetch_related("waves__circle", "waves__person")
    return [help_request for help_request in asked if help_request.own_consent]


def _sections(help_request, at):
    everybody = _("Everybody who is asked")
    yield Section(_("What is asked"), (*_words(help_request, everybody), *_when(help_request, everybody, at)))
    ladder = tuple(_ladder(help_request))
    if ladder:
        yield Section(_("What not everybody sees"), ladder)
    intro = _("The keepers of %(circle)s see it too.") % typed(circle=help_request.circle)
    yield Section(_("Who is asked, and when"), tuple(_waves(help_request)), intro=intro, needed=True)


def _words(help_request, everybody):
    yield Row(
        _("Whom it is for"),
        help_request.whom,
        _reaches()[Reach.HELPERS] if help_request.quietly else everybody,
    )
    yield Row(_("In one line"), help_request.title, everybody)
    yield Row(_("What it is"), help_request.get_category_display(), everybody)
    yield Row(_("In which circle"), help_request.circle.name, everybody)
    for name in ("would_help", "would_not_help", "how_done", "area", "tags"):
        if getattr(help_request, name):
            yield Row(_label(name), getattr(help_request, name), everybody, key=name)
    for name, label, value in details.named(help_request):
        yield Row(capfirst(str(label)), str(value), everybody, key=f"{DETAIL}{name}")
    wishes = wishes_in_words(help_request)
    if wishes:
        yield Row(_("Wishes about what is brought"), "\n".join(wishes), everybody, key="wishes")
    if help_request.wanted:
        yield Row(_("What is wanted"), help_request.get_wanted_display(), everybody)
    yield Row(_("How much it matters"), help_request.get_importance_display(), everybody)


def _when(help_request, everybody, at):
    times = _times(help_request, at)
    if times:
        yield Row(_("When"), times, everybody)


def _label(name):
    return capfirst(str(HelpRequest._meta.get_field(name).verbose_name))


def _times(help_request, at):
    slots = list(help_request.slots.in_order())
    said = [
        capfirst(time_text.when(slot.starts_at, slot.ends_at, zone=help_request.zone, at=at))
        for slot in slots[:FEW]
    ]
    more = len(slots) - FEW
    if more > 0:
        said.append(ngettext("and %(more)d more time", "and %(more)d more times", more) % {"more": more})
    return "\n".join(said)


def _reaches():
    return {
        Reach.KEEPERS: _("Only the keepers of the circle"),
        Reach.HELPERS: _("Those who come, until a day afterwards, and the keepers of the circle"),
        Reach.INNER: _("The nearest people in the circle, those who come, and its keepers"),
        Reach.CLOSE: _("Those who stand close in the circle, those who come, and its keepers"),
        Reach.EVERYONE: _("Everybody in the circle"),
    }


def _ladder(help_request):
    reaches = _reaches()
    for name in policies.LADDER:
        if getattr(help_request, name):
            reach = reaches[policies.reach_of(name, help_request)]
            yield Row(str(LABELS[name]), getattr(help_request, name), reach, key=name)
    reach = reaches[policies.reach_of("address", help_request)]
    for name, label in VISIT.items():
        if help_request.visit.get(name):
            yield Row(str(label), help_request.visit[name], reach, key=f"{DOOR}{name}")


def _waves(help_request):
    for wave in help_request.waves.in_order().select_related("circle", "person"):
        yield Row(_whom(wave), _from_when(wave.after), key=wave.key)


def _whom(wave):
    if wave.person_id:
        return str(wave.person)
    return {
        Ring.INNER: _("The nearest people in %(circle)s"),
        Ring.CLOSE: _("Those who stand close in %(circle)s"),
        Ring.EVERYONE: _("Everybody in %(circle)s"),
    }[wave.ring] % typed(circle=wave.circle)


def _from_when(after):
    if not after:
        return _("As soon as it is asked")
    if after.days:
        words = ngettext(
            "%(number)d day later, unless enough have promised",
            "%(number)d days later, unless enough have promised",
            after.days,
        )
        return words % {"number": after.days}
    hours = max(1, after.seconds // 3600)
    words = ngettext(
        "%(number)d hour later, unless enough have promised",
        "%(number)d hours later, unless enough have promised",
        hours,
    )
    return words % {"number": hours}
