"""Every page for everybody: axe finds nothing, nothing sticks out, fingers find what they press, in light and dark."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from circles.models import Block, Circle, Person, Report, Ring
from requests.models import HelpRequest
from supportnet.notices import kinds, personal_links, unsubscribe_links
from tests import cast

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# In the dark only colours differ.
RULES = {
    "light": {"type": "tag", "values": TAGS},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
AT_ONCE = "* { transition: none !important; }"  # from one scheme to the other
STICKS_OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What colours depend on: the classes and states of an element and of what it stands in.
LOOKS = """() => [...new Set([...document.querySelectorAll("body *")].map(element => [element, element.parentElement]
    .map(({tagName, classList, dataset}) => [tagName, classList.value, dataset.state]).join("|")))]"""
# Buttons that a page is about are 44 pixels high at least; everything else is measured by axe (24).
TOO_SMALL = """() => [...document.querySelectorAll("main .button:not(.button--small, .button--text)")]
    .filter(button => button.getClientRects().length && button.getBoundingClientRect().height < 43.5)
    .map(button => button.textContent.trim())"""


@pytest.fixture
def town(transactional_db):
    """One of everything, so that no page is empty; the paths of what everybody may look at."""
    ada, bo, olga = (cast.make_person(name) for name in ("Ada", "Bo", "Olga"))
    Person.objects.filter(pk=olga.pk).update(is_staff=True, is_superuser=True)
    street = cast.make_circle(olga, area="Old town", description="Everybody between the mill and the bridge.")
    for person in (ada, bo):
        cast.join(street, person, by=olga, ring=Ring.INNER)
    dana, questions = cast.make_person("Dana"), ["Where do you live, roughly?"]
    street.ask_to_join(dana, at=cast.now(), answers=[[questions[0], "By the river"]])
    choir = cast.make_circle(dana, name="Choir", listed=True, description="We sing.", questions=questions)
    bos = street.memberships.get(person=bo)
    bos.note_check(by=olga, until=street.date_at(cast.now()), at=cast.now())
    for number in range(3):
        cast.make_person(f"Neighbour {number}")
    supper = cast.ask(ada, street, capacity=2, would_help="Something warm", would_not_help="No nuts, please")
    claim = supper.slots.get().claim(by=bo, at=cast.now(), bringing="Lentil soup")
    walk = cast.ask_for_company(ada, street, up_to=Ring.EVERYONE)
    walk.slots.get().claim(by=bo, at=cast.now(), note="I would love to.")
    question = cast.ask_for_advice(ada, street)
    question.answer(by=bo, text="We visited three, at supper time.", been_there=True, at=cast.now())
    cast.ask(ada, street, in_days=5, title="A lift to the station").slots.get()
    street.open_link(by=olga, at=cast.now())
    street.invite(
        by=olga, email="eve@example.org", name="Eve", how_they_know="Choir", ring=Ring.CLOSE, at=cast.now()
    )
    rosas = street.add_without_email(name="Rosa", phone="+351 555 0107", by=olga, at=cast.now())
    draft = cast.draft(ada, street, title="Not yet asked")
    draft.set_reach(starts=Ring.INNER, up_to=Ring.EVERYONE, people=[bo], widen_after=cast.DAY)
    waits = cast.ask(ada, street, in_days=6, title="For checked helpers", needs_checked=True)
    Block.objects.make(by=bo, whom=Person.objects.get(name="Neighbour 0"), at=cast.now())
    said = {
        "reporter": ada,
        "subject": street.memberships.get(person=bo),
        "about": bo,
        "reason": "He shouts.",
    }
    report = Report.objects.make(circle=street, **said, at=cast.now())
    care = around_ada(olga, ada)
    rests = cast.make_circle(olga, bo, name="Last year’s choir")
    rests.archive(by=olga, at=cast.now())
    lunch = cast.draft(olga, street, title="Lunch for Rosa")
    lunch.ask_consent({"name": "Rosa", "email": "rosa@example.org"}, by=olga, at=cast.now())
    return {
        "care": care,
        "rests": rests,
        "lunch": lunch,
        "circle": street,
        "choir": choir,
        "supper": supper,
        "claim": claim,
        "walk": walk,
        "question": question,
        "draft": draft,
        "waits": waits,
        "report": report,
        "rosas": rosas,
    }


def around_ada(olga, ada):
    """Olga's care circle around ada, who has not answered yet."""
    whom = {"name": "Ada", "email": ada.email, "how_they_know": "We share a staircase."}
    fields = {"name": "Around Ada", "around": "Ada", "area": "Old town", "whom": whom}
    care = Circle.objects.start(by=olga, kind="care", at=cast.now(), **fields)
    care.invite(by=olga, email="eve@example.org", name="Eve", how_they_know="Choir", at=cast.now())
    care.consent.send(by=olga, at=cast.now())
    return care


def pages_of(town, name):
    """The addresses of the pages that somebody of this name uses."""
    circle, slot = town["circle"].get_absolute_url(), f"/slots/{town['supper'].slots.get().pk}"
    claim, supper = town["claim"].get_absolute_url(), town["supper"].get_absolute_url()
    requests = [town[name].get_absolute_url() for name in ("supper", "walk", "question")]
    everybody = [
        "/",
        "/circles/",
        "/circles/new/",
        "/circles/directory/",
        circle,
        f"{circle}members/",
        "/requests/",
        "/me/",
        "/me/notices/",
        "/me/helping/",
    ]
    match name:
        case "anonymous":
            link = town["circle"].invitations.get(email="").get_absolute_url()
            member = town["circle"].memberships.select_related("person").get(person__name="Bo")
            bye = unsubscribe_links.path(kinds.find("wave_opened"), member.person, town["supper"])
            door = ["/", "/accounts/login/code/", "/go/broken/", "/me/address/broken/"]
            door.append(personal_links.path(member.person, supper))
            asked = town["care"].consent.get_absolute_url()
            return [*door, link, "/circles/join/broken/", asked, "/circles/consent/broken/", bye, "/nowhere/"]
        case "Bo":
            free = HelpRequest.objects.get(title="A lift to the station").slots.get()
            adas = f"{circle}members/{town['circle'].memberships.get(person__name='Ada').pk}"
            return [
                *everybody,
                *requests,
                claim,
                f"/slots/{free.pk}/claim/",
                f"/slots/{town['waits'].slots.get().pk}/claim/",
                f"{circle}leave/",
                *(f"{place}/{page}/" for place in (adas, supper.rstrip("/")) for page in ("block", "report")),
                *calendars_of(circle, free),
                f"{supper}sheet/",
                f"{free.help_request.get_absolute_url()}claims/",
                "/me/blocks/",
                f"{town['choir'].get_absolute_url()}join/",
                "/me/welcome/",
            ]
        case "Ada":
            asking = [f"/requests/new/{kind}/" for kind in ("instrumental", "emotional", "informational")]
            changing = [f"{supper}{verb}/" for verb in ("edit", "cancel", "times", "move", "reach")]
            times = [f"{slot}/edit/", f"{slot}/cancel/", claim, town["draft"].get_absolute_url()]
            account = ["/accounts/email/", "/accounts/2fa/", "/accounts/logout/"]
            account.append(personal_links.path(Person.objects.get(name="Bo"), supper))
            account.append(town["care"].consent.get_absolute_url())
            return ["/", "/requests/new/", *requests, *asking, *changing, *times, *account]
        case "Olga":
            report = f"/organize/circles/report/{town['report'].pk}"
            keeping = [
                f"{circle}{page}/"
                for page in ("edit", "members", "invite", "link", "invitations", "put-away")
            ]
            keeping.append(town["rests"].get_absolute_url())
            panel = [f"/organize/{page}" for page in PANEL]
            bos = town["circle"].memberships.get(person__name="Bo")
            keeping.append(f"{circle}members/{bos.pk}/check/")
            keeping += [f"{circle}members/add/", f"{circle}members/{town['rosas'].pk}/edit/", claim]
            keeping += [town["care"].get_absolute_url(), f"{town['care'].get_absolute_url()}consent/"]
            keeping.append(f"{town['lunch'].get_absolute_url()}consent/")
            return [
                circle,
                *keeping,
                supper,
                f"{circle}calls/",
                f"{circle}sheet/",
                f"{slot}/claim/",
                f"{slot}/sign-up/",
                *panel,
                f"{report}/change/",
                f"{report}/do/settle/",
                f"/organize{slot}/change/".replace("slots", "requests/slot"),
            ]


def calendars_of(circle, slot):
    """The months in which the slot stands, in each view."""
    month = f"?month={slot.starts_at:%Y-%m}"
    request = slot.help_request.get_absolute_url()
    pages = [f"{circle}calendar/{month}&view={view}" for view in ("", "month", "list")]
    return [
        *pages,
        f"{request}calendar/{month}",
        f"{request}calendar/{month}&view=list",
        f"/me/calendar/{month}",
    ]


PANEL = (
    "",
    "requests/helprequest/",
    "requests/slot/",
    "requests/claim/",
    "circles/membership/",
    "circles/circle/",
    "circles/report/",
)
NAMES = ("anonymous", "Bo", "Ada", "Olga")


def window(visit, name, **options):
    """A window in which somebody of this name is signed in."""
    return visit(Person.objects.filter(name=name).first(), **options)


@pytest.mark.parametrize("name", NAMES)
def test_everybody_can_use_every_page(visit, town, name):
    # axe itself writes styles that our policy forbids; the tests below see the pages under it.
    visitor = window(visit, name, bypass_csp=True)
    found, looks = [], set()
    for path in pages_of(town, name):
        assert visitor.go(path) in (200, 403, 404), path
        found += [(path, *trouble) for trouble in missed_by_fingers(visitor.page)]
        found += [(path, *trouble) for trouble in found_by_axe(visitor.page, looks)]

    assert not found, "\n".join(map(str, found))


def missed_by_fingers(page):
    """(width, what) of what sticks out of a telephone, and of buttons that are too small there."""
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 800})
        if (pixels := page.evaluate(STICKS_OUT)) > 0:
            yield width, f"sticks out by {pixels}"
        yield from ((width, f"too small: {button}") for button in page.evaluate(TOO_SMALL))


def found_by_axe(page, looks):
    """(scheme, rule, where) of what axe finds; in the dark only where something looks like nothing in `looks`."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.add_style_tag(content=AT_ONCE)
    page.evaluate(AXE_SCRIPT)
    new = set(page.evaluate(LOOKS)) - looks
    looks |= new
    for scheme, rules in RULES.items():
        if scheme == "light" or new:
            page.emulate_media(color_scheme=scheme)
            yield from ((scheme, *violation) for violation in violations(page, rules))
    page.emulate_media(color_scheme="light")


def violations(page, rules):
    """(rule, where) of what axe finds."""
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [(violation["id"], violation["nodes"][0]["html"][:150]) for violation in found]


@pytest.mark.parametrize("name", NAMES)
def test_pages_run_from_right_to_left(visit, town, name):
    Person.objects.update(language="ar")
    visitor = window(visit, name, viewport={"width": 390, "height": 800}, locale="ar")
    found = []
    for path in pages_of(town, name):
        visitor.go(path)
        direction = visitor.page.evaluate("document.documentElement.dir")
        if direction != "rtl" or visitor.page.evaluate(STICKS_OUT) > 0:
            found.append((path, direction, visitor.page.evaluate(STICKS_OUT)))

    assert not found, "\n".join(map(str, found))
