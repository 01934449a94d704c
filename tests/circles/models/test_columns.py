"""A row of each kind, as the verbs make them."""

from uuid import uuid4

from django.apps import apps
from django.core.management import call_command

from circles.models import (
    Block,
    Circle,
    Consent,
    JournalEntry,
    Refusal,
    Report,
    SentForm,
    SignInCode,
    change_email,
)
from tests.cast import make_person, now


def test_each_names_itself_and_fits_the_columns_that_the_migrations_made(street, ada, bo, olga, mallory):
    rosa, at = make_person("Rosa"), now()
    consent = Consent.objects.ask(name="Rosa", email=rosa.email, by=olga, at=at)
    consent.decline(by=rosa, at=at)
    asked = street.ask_to_join(mallory, at=at)
    SignInCode.objects.ask("zed@example.org", is_known=False, at=at)
    subject = street.memberships.get(person=bo)

    rows = [
        *(ada, street, asked, asked.applications.get(), consent),
        *(SignInCode.objects.get(), Refusal.objects.get(), JournalEntry.objects.first()),
        street.invite(email="zed@example.org", by=olga, at=at),
        Block.objects.make(by=ada, whom=bo, at=at),
        Report.objects.make(
            circle=street, reporter=ada, subject=subject, about=bo, reason="He shouted", at=at
        ),
        change_email(ada, "new@example.org", at=at),
        SentForm.objects.create(key=uuid4(), said="0" * 16, page="/requests/1/", at=at),
    ]

    assert {type(row) for row in rows} == set(apps.get_app_config("circles").get_models())
    assert all(str(row) and type(row)._meta.verbose_name for row in rows)
    assert Circle.objects.get().is_agreed
    call_command("makemigrations", "circles", check=True, dry_run=True, verbosity=0)
