"""One mailbox is one person: in every form and every column an address has one form, however it was pasted."""

import importlib

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.db import connection, models

from circles.addresses import AddressColumn, AddressField, canonical
from circles.models import Consent, Invitation, Person
from supportnet.panel.admin import organizers
from tests.cast import make_person, now
from tests.house.test_forms import FORMS

ADA = "ada@bücher.example"
KEPT = "ada@xn--bcher-kva.example"
SPELLINGS = [
    ADA,
    KEPT,
    "Ada@Bücher.EXAMPLE",
    "ADA@XN--BCHER-KVA.example",
    " ada@bücher.example\r\n",
    "a\u200bda@bücher.example",
    "ada@bü\u00adcher.example",
    "\u202aada@bücher.example\u202c",
    "\ufeffada@bücher.example",
    "a\u2060da@bücher.example\u00a0",
    "a\u034fda@bücher.example",
    "ada@bu\u0308cher.example",
    "ａｄａ＠bücher．example",
    "ada@bücher。example",
    "ada@bücher.example.",
]
# Written by the library from `Person.email`, and by us from the columns of others.
COPIES = {"account.EmailAddress.email", "notices.Notice.address"}


def address_fields():
    """(form, name, field) of whatever takes an address, in our forms and those of both admin sites."""
    for form in FORMS:
        yield from fields_in(form.__name__, getattr(form, "base_fields", {}))
    for site in (organizers, admin.site):
        for page in site._registry.values():
            made = forms.modelform_factory(page.model, fields="__all__", formfield_callback=_as_typed)
            yield from fields_in(page.model.__name__, made.base_fields)


def _as_typed(column, **kwargs):
    return column.formfield(**kwargs) if isinstance(column, models.EmailField) else None


def fields_in(form, fields):
    for name, field in fields.items():
        if isinstance(field, forms.EmailField) or name.endswith("email"):
            yield form, name, field


@pytest.mark.anywhere
@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_form_reads_every_spelling_as_the_one_address(typed):
    found = list(address_fields())

    read = {(form, name): field.clean(typed) for form, name, field in found if form != "Notice"}

    assert set(read.values()) == {KEPT}
    assert {"SignInForm", "NewAddressForm", "InviteForm", "DelegateForm", "Person"} <= {
        one for one, _ in read
    }


def columns():
    """{label: column} of whatever holds an address."""
    return {
        f"{model._meta.label}.{column.name}": column
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, models.EmailField) or column.name.endswith("email")
    }


@pytest.mark.anywhere
def test_every_column_for_an_address_keeps_the_one_form():
    assert {label for label, column in columns().items() if not isinstance(column, AddressColumn)} == COPIES
    assert len(columns()) > 8


@pytest.mark.anywhere
@pytest.mark.parametrize("typed", SPELLINGS)
def test_whatever_is_stored_or_looked_up_has_the_one_form(typed):
    ours = [column for column in columns().values() if isinstance(column, AddressColumn)]

    for column in ours:
        row = column.model(**{column.name: typed})
        assert (column.get_prep_value(typed), column.pre_save(row, add=True)) == (KEPT, KEPT)
        assert getattr(row, column.name) == KEPT


@pytest.mark.anywhere
def test_a_host_that_is_longer_than_any_takes_no_time_and_is_refused():
    with pytest.raises(forms.ValidationError):
        AddressField().clean(f"ada@{'ü' * 2_000_000}.example")


@pytest.mark.anywhere
def test_two_mailboxes_stay_two():
    others = ["ada@bucher.example", "a.da@bücher.example", "ada+x@bücher.example", "ada@büchер.example"]

    assert len({canonical(one) for one in [*others, ADA, "ada@strasse.example", "ada@straße.example"]}) == 7


# What was stored before -----------------------------------------------------------------------------------


def write(row, column, address):
    """Store what no verb of ours stores any more."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [address, row.pk])  # noqa: S608 (ours)


def mend():
    """What the migration does to rows."""
    migration = importlib.import_module("circles.migrations.0010_one_mailbox")
    for step in migration.Migration.operations:
        step.code(apps, None)


@pytest.fixture
def pasted(street, olga, ada):
    """An invitation and a question that were pasted with a mark, before anybody saw to it."""
    invitation = street.invite(email="zed@example.org", name="Zed", by=olga, at=now())
    consent = Consent.objects.ask(name="Zed", email="zed@example.org", by=ada, at=now())
    for row in (invitation, consent):
        write(row, "email", "z\u200bed@example.org")
    return invitation, consent


def test_what_was_pasted_with_marks_before_belongs_to_whose_address_it_is(pasted, caplog):
    invitation, consent = pasted
    zed = make_person("Zed")

    mend()

    assert Invitation.objects.get(email="zed@example.org").owner == zed
    assert Consent.objects.get(email="zed@example.org").owner == zed
    assert [record.getMessage() for record in caplog.records] == [
        f"{name} {row.pk}: the address stands in its plain form now, it is that of person {zed.pk}."
        for name, row in (("Invitation", invitation), ("Consent", consent))
    ]


def test_two_people_with_one_mailbox_stay_two_and_the_log_names_both_by_number(ada, bo, mallory, caplog):
    write(bo, "email", "ada@exam\u00adple.org")
    write(mallory, "email", "ｍallory@example.org")

    mend()

    assert Person.objects.get(email="ada@example.org") == ada
    assert Person.objects.get(email="mallory@example.org") == mallory
    assert Person.objects.filter(pk=bo.pk).values_list("email", flat=True)[0] == "ada@exam\u00adple.org"
    assert sorted(record.getMessage() for record in caplog.records) == [
        f"Person {mallory.pk}: the address stands in its plain form now.",
        f"Persons {bo.pk} and {ada.pk} have one mailbox. Both were left as they are.",
    ]
