"""Nothing that a person typed is ever taken for markup, a template or a link: not on a page, not in a mail."""

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.utils.module_loading import autodiscover_modules

from supportnet.notices import kinds, previews, rendering
from supportnet.notices.models import Notice
from supportnet.panel.admin import organizers
from tests.cast import now
from tests.house.marked import MACHINE, Marks, mark_everything, text_fields
from tests.house.test_permissions import FIELDS, SAMPLES, World, addresses, only_tried, path_to

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Together they come to nearly every page; `make fuzz` sends everybody everywhere.
SOME = ("keeper", "claimer", "staff")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One of everything, and every word in it is a mark."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        mark_everything()
        yield world
        transaction.set_rollback(True)


def test_every_field_that_is_left_out_is_there():
    names = {f"{field.model.__name__}.{field.name}" for _, field in text_fields()}

    assert set(MACHINE) & names == set()
    assert len(names) > 40


# Django's own ways to draw a form or a field show help texts as markup.
UNESCAPED = re.compile(
    r"\|\s*safe\b|safeseq|autoescape off|\.as_(p|div|table|ul|field_group)\b|\{\{ form \}\}"
)


def test_no_page_of_ours_switches_escaping_off():
    pages = [page for page in Path("templates").rglob("*.html") if UNESCAPED.search(page.read_text())]

    assert pages == []


def walk(world, role):
    """(name, page) of every address for `role`: looked at, and pressed with nothing filled in."""
    for name in sorted(set(addresses()) - SAMPLES):
        for path in paths_to(world, name, role):
            client = world.client(role)
            with only_tried():
                looked = client.get(path)
            yield path, looked
            if looked.status_code == 200 and not name.startswith(("admin", "mfa", "account")):
                fields = {"csrfmiddlewaretoken": "", **FIELDS.get(name, {})}
                with only_tried():
                    yield path, client.post(path, fields, follow=True)


def paths_to(world, name, role):
    """The address; of the panel's verbs one for each verb."""
    if not name.endswith("_verb"):
        return [path_to(world, name, role)]
    pages = {
        f"organize:{page.opts.label_lower.replace('.', '_')}_verb": page
        for page in organizers._registry.values()
    }
    return [path_to(world, name, role, verb=verb.name) for verb in pages[name].verbs]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", SOME)
def test_no_word_becomes_markup_on_any_page(world, role):
    broken, seen = {}, 0
    for path, page in walk(world, role):
        if page.headers.get("Content-Type", "").startswith("text/html"):
            marks = Marks(page.text)
            seen += marks.seen
            if marks.broken:
                broken[path] = marks.broken[:3]
        assert "evil" not in "".join(page.headers.values())

    assert broken == {}
    assert seen > 100


def marked_mails(mark_everything=mark_everything, language="en"):
    """(kind, mail) of every mail that there is, of words that are all marks."""
    autodiscover_modules("scenes")
    for tell in previews._scenes:
        with only_tried():
            tell(now())
            mark_everything()
            for notice in Notice.objects.select_related("reader").order_by("pk"):
                kind = kinds.find(notice.kind)
                cause = kind.causes([notice.cause_id])[notice.cause_id]
                yield kind.name, rendering.compose(kind, [notice], [cause], at=now(), language=language)


def test_no_word_becomes_markup_or_a_header_in_any_mail(db):
    mails = list(marked_mails())

    broken = {kind: marks for kind, mail in mails if (marks := Marks(mail.alternatives[0].content).broken)}
    assert broken == {}
    assert [kind for kind, mail in mails if "\n" in mail.subject] == []
    assert {kind.name for kind in kinds.all_kinds() if not kind.name.startswith("test_")} <= {
        kind for kind, _ in mails
    }
