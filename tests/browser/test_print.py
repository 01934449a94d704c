"""What is printed fits on one page, and says nothing that is meant for the screen."""

import datetime as dt
import re

from circles.models import Person
from requests.models import Slot
from requests.pages.sheets import MOST
from tests import cast


def printed(visitor, path):
    """How many pages it takes, and the words on them."""
    visitor.go(path)
    visitor.page.emulate_media(media="print")
    pages = len(re.findall(rb"/Type\s*/Page\b", visitor.page.pdf(format="A4")))
    return pages, visitor.page.locator("body").inner_text()


def test_a_sheet_and_the_calls_are_one_page_each(visit, transactional_db):
    ada, bo, olga = (cast.make_person(name, phone="+351 555 0107") for name in ("Ada", "Bo", "Olga"))
    street = cast.make_circle(olga, ada, bo)
    supper = cast.ask(ada, street, title="Supper for four, and one for the freezer", doorstep="leave")
    tomorrow = dt.datetime.combine(cast.now().astimezone(street.zone).date() + cast.DAY, dt.time(9))
    first = tomorrow.replace(tzinfo=street.zone)
    for count in range(MOST["request"] + 4):
        starts_at = first + count // 2 * cast.DAY + count % 2 * 4 * cast.HOUR
        slot = Slot.objects.create(
            help_request=supper, starts_at=starts_at, ends_at=starts_at + cast.HOUR, open_until=starts_at
        )
        if count % 3:
            slot.claim(by=bo, at=cast.now(), bringing="Lentil soup with bread", even_if_clashing=True)
    visitor = visit(Person.objects.get(name="Olga"), viewport={"width": 800, "height": 1000})

    request, circle = supper.get_absolute_url(), street.get_absolute_url()
    for path in (f"{request}sheet/", f"{circle}sheet/?phones=on", f"{circle}calls/"):
        pages, words = printed(visitor, path)
        assert pages == 1, path
        assert "Lentil soup with bread" in words
        assert "+351 555 0107" in words
        assert not {"Print", "Home", "Sign out"} & set(words.splitlines()), path
