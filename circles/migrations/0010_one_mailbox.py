"""Whatever was stored before an address had one form gets it now; the log says by number what became one.

Two people who turn out to have one mailbox are not made one: each has circles, promises and consents of their own, and
which of the two its owner goes on with is theirs to say. The log names both, for whoever runs the site.
"""

import logging

from django.db import migrations, models

from circles.addresses import canonical

logger = logging.getLogger(__name__)

# (model, the column of an address, whose it is)
ADDRESSED = [
    ("Invitation", "email", "owner"),
    ("Consent", "email", "owner"),
    ("Consent", "delegate_email", "delegate"),
    ("Refusal", "email", "person"),
    ("AddressChange", "was", None),
    ("AddressChange", "became", None),
]


def odd(model, column):
    """(pk, address as it should be) of the rows whose address stands in another form."""
    written = model.objects.exclude(**{column: ""}).exclude(**{f"{column}__isnull": True})
    for pk, address in list(written.values_list("pk", column)):
        if canonical(address) != address:
            yield pk, canonical(address)


def people(apps, schema_editor):
    """One mailbox, one spelling, unless somebody else has it already."""
    Person, EmailAddress = apps.get_model("circles", "Person"), apps.get_model("account", "EmailAddress")
    for pk, email in odd(Person, "email"):
        other = Person.objects.filter(email=email).first()
        if other:
            logger.warning("Persons %s and %s have one mailbox. Both were left as they are.", pk, other.pk)
            continue
        Person.objects.filter(pk=pk).update(email=email)
        EmailAddress.objects.filter(user=pk).update(email=email)
        logger.warning("Person %s: the address stands in its plain form now.", pk)


def what_was_mailed(apps, schema_editor):
    """An invitation or a question goes to the person who has the address, also if it was pasted with marks."""
    Person = apps.get_model("circles", "Person")
    for name, column, whose in ADDRESSED:
        model = apps.get_model("circles", name)
        for pk, email in odd(model, column):
            row = model.objects.filter(pk=pk)
            if name == "AddressChange" and row.filter(models.Q(was=email) | models.Q(became=email)).exists():
                row.delete()  # from one spelling to another of the same mailbox: there is nothing to take back
                continue
            row.update(**{column: email})
            person = Person.objects.filter(email=email, verified_at__isnull=False).first()
            if whose and person:
                row.filter(**{f"{whose}__isnull": True}).update(**{whose: person})
            found = f"person {person.pk}" if person else "nobody yet"
            logger.warning("%s %s: the address stands in its plain form now, it is that of %s.", name, pk, found)


def what_waits(apps, schema_editor):
    """Mails that have not gone yet."""
    waiting = apps.get_model("notices", "Notice").objects.filter(sent_at=None, dropped_at=None)
    for pk, address in list(waiting.exclude(address="").values_list("pk", "address")):
        if canonical(address) != address:
            waiting.filter(pk=pk).update(address=canonical(address))


class Migration(migrations.Migration):

    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("circles", "0009_opened_codes"),
        ("notices", "0002_turned_down"),
    ]

    operations = [
        migrations.RunPython(people, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(what_was_mailed, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(what_waits, migrations.RunPython.noop, elidable=True),
    ]
