"""An organizer of one circle finds nothing of another: no page, list, filter, choice or bulk action."""

import pytest
from django.test import Client

from supportnet.panel.admin import organizers
from tests.cast import make_person

from .conftest import APP, PAGES, page, verb

VERBS = [
    (name, one.name)
    for model, model_admin in organizers._registry.items()
    for name in [model._meta.model_name]
    for one in model_admin.verbs
]
BULK = [
    (model._meta.model_name, one.name)
    for model, model_admin in organizers._registry.items()
    for one in model_admin.verbs
    if one.bulk
]


def rows(response):
    """The rows of a list page."""
    return list(response.context["cl"].queryset)


def test_every_page_of_the_panel_is_looked_at_here():
    assert {model._meta.model_name for model in organizers._registry} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_lists_hold_the_keepers_own_circles_only(as_olga, ours, theirs, name):
    listed = rows(as_olga.get(page(name)))

    assert getattr(ours, name) in listed
    assert getattr(theirs, name) not in listed


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("kind", ["change", "history"])
def test_what_belongs_to_others_is_not_there(as_olga, ours, theirs, name, kind):
    assert as_olga.get(page(name, kind, getattr(ours, name).pk)).status_code == 200
    assert as_olga.get(page(name, kind, getattr(theirs, name).pk)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("wrong", ["0", "999999999999999999999999", "x", "1_5F"])
def test_what_is_no_id_is_not_there(as_olga, ours, name, wrong):
    assert as_olga.get(page(name, "change", wrong)).status_code == 404


@pytest.mark.parametrize(("name", "what"), VERBS)
def test_no_verb_reaches_what_belongs_to_others(as_olga, ours, theirs, name, what):
    before = theirs.circle.journal.count()

    assert as_olga.get(verb(name, getattr(theirs, name), what)).status_code == 404
    assert as_olga.post(verb(name, getattr(theirs, name), what)).status_code == 404
    assert theirs.circle.journal.count() == before


@pytest.mark.parametrize(("name", "what"), BULK)
def test_no_bulk_action_reaches_what_belongs_to_others(as_olga, ours, theirs, name, what):
    before = theirs.circle.journal.count()

    for across in ("0", "1"):
        chosen = {"action": what, "_selected_action": [getattr(theirs, name).pk], "select_across": across}
        as_olga.post(page(name), chosen)

    getattr(theirs, name).refresh_from_db()
    assert theirs.circle.journal.count() == before
    assert theirs.notice.failed_at


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("circle", "notice")])
def test_filters_offer_and_take_only_the_keepers_circles(as_olga, ours, theirs, name):
    own = as_olga.get(page(name), {"circle": ours.circle.pk})

    assert getattr(ours, name) in rows(own)
    assert theirs.circle.name not in own.content.decode()
    assert as_olga.get(page(name), {"circle": theirs.circle.pk}).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_search_finds_nothing_of_others(as_olga, ours, theirs, name):
    for word in ("Quinn", "Rosa", "Their", "Supper", f"Joiner{theirs.circle.pk}"):
        assert getattr(theirs, name) not in rows(as_olga.get(page(name), {"q": word}))


def test_filters_by_other_columns_are_refused(as_olga, ours):
    assert as_olga.get(page("helprequest"), {"asker__email__startswith": "a"}).status_code == 404
    assert as_olga.get(page("invitation"), {"token_hash__startswith": "a"}).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_added_or_deleted(as_olga, ours, name):
    assert as_olga.get(page(name, "add")).status_code == 403
    assert as_olga.post(page(name, "delete", getattr(ours, name).pk), {"post": "yes"}).status_code == 403
    assert type(getattr(ours, name))._base_manager.filter(pk=getattr(ours, name).pk).exists()


@pytest.mark.parametrize("name", [name for name in PAGES if name != "helprequest"])
def test_columns_are_not_written_by_a_forged_form(as_olga, ours, name):
    forged = {
        "name": "Forged",
        "title": "Forged",
        "role": "keeper",
        "ring": "1",
        "capacity": "9",
        "error": "Forged",
    }

    assert as_olga.post(page(name, "change", getattr(ours, name).pk), forged).status_code == 403


def test_the_panel_leads_the_signed_out_to_the_door(db):
    response = Client().get(page("slot"))

    assert response["Location"].startswith("/accounts/login/code/?next=/organize/requests/slot/")


@pytest.mark.parametrize("name", ["ada", "bo", "stranger", "staff"])
def test_whoever_keeps_no_circle_finds_no_panel(client, ours, name):
    person = {"ada": ours.helprequest.asker, "bo": ours.claim.person}.get(name) or make_person(name)
    person.is_staff = person.is_superuser = name == "staff"
    person.save()
    client.force_login(person)

    assert client.get("/organize/").status_code == 404
    assert client.post(verb("membership", ours.membership, "admit")).status_code == 404
    assert [client.get(page(one)).status_code for one in PAGES] == [404] * len(PAGES)


def test_a_former_keeper_is_out_at_once(as_olga, ours, olga, bo):
    ours.circle.memberships.get(person=bo).make_keeper(by=olga, at=ours.circle.created_at)
    assert as_olga.get("/organize/").status_code == 200

    ours.circle.memberships.get(person=olga).make_member(by=bo, at=ours.circle.created_at)

    assert as_olga.get("/organize/").status_code == 404


def test_drafts_are_not_the_keepers_business(as_olga, ours, ada):
    from tests.cast import draft

    mine = draft(ada, ours.circle, title="Not yet asked")

    assert mine not in rows(as_olga.get(page("helprequest")))
    assert as_olga.get(page("helprequest", "change", mine.pk)).status_code == 404


def test_apps_are_named_for_each_page():
    assert set(APP) <= set(PAGES)


@pytest.mark.parametrize("odd", ["%00", "9" * 30, "-1", "%FF", "'--", "x" * 3000])
def test_odd_filters_and_searches_do_no_harm(as_olga, ours, odd):
    asked = {
        "helprequest": ["q", "kind__exact", "category__exact", "importance__exact", "state", "p", "o"],
        "membership": ["q", "ring__exact", "role__exact", "state"],
        "slot": ["q", "state", "p"],
        "claim": ["q", "state"],
        "journalentry": ["q", "p"],
    }

    for model, names in asked.items():
        for name in names:
            assert as_olga.get(f"{page(model, 'changelist')}?{name}={odd}").status_code < 500, (model, name)
