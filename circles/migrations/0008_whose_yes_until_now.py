from django.db import migrations, models

NOES = ("declined", "took back")


def hand_over(apps, schema_editor):
    """What was mailed to an address belongs to the person who has shown that it is theirs."""
    Person = apps.get_model("circles", "Person")
    proven = Person.objects.filter(verified_at__isnull=False, email__isnull=False)
    Consent, Invitation = (apps.get_model("circles", name) for name in ("Consent", "Invitation"))
    Consent.objects.filter(person__isnull=False).update(owner=models.F("person"))
    for model, owner, email in (
        (Consent, "owner", "email"),
        (Consent, "delegate", "delegate_email"),
        (Invitation, "owner", "email"),
    ):
        behind = proven.filter(email=models.OuterRef(email)).values("pk")[:1]
        waiting = model.objects.filter(**{f"{owner}__isnull": True}).exclude(**{email: ""})
        waiting.update(**{owner: models.Subquery(behind)})


def note_own_noes(apps, schema_editor):
    """Whose last word in the journal was their own no has said it themselves."""
    Consent, Entry = (apps.get_model("circles", name) for name in ("Consent", "JournalEntry"))
    for consent in Consent.objects.filter(owner__isnull=False).exclude(
        agreed_at__isnull=False, withdrawn_at__isnull=True
    ):
        said = Entry.objects.filter(subject=f"consent:{consent.pk}", actor=consent.owner_id)
        last = said.filter(verb__in=("agreed", *NOES)).order_by("-at", "-pk").first()
        if last and last.verb in NOES:
            Consent.objects.filter(pk=consent.pk).update(refused_at=last.at)


class Migration(migrations.Migration):

    dependencies = [
        ('circles', '0007_whose_yes'),
    ]

    operations = [
        migrations.RunPython(hand_over, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(note_own_noes, migrations.RunPython.noop, elidable=True),
    ]
