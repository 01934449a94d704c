import datetime as dt

from django.db import migrations, models
from django.db.models import Q

from circles.zones import zone_named


def reckon(apps, schema_editor):
    """Each check noted so far holds to the end of its last day by its circle's clock."""
    Membership = apps.get_model("circles", "Membership")
    noted = Membership.objects.filter(checked_until__isnull=False)
    for zone, day in noted.values_list("circle__time_zone", "checked_until").distinct():
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=zone_named(zone))
        alike = noted.filter(circle__time_zone=zone, checked_until=day)
        alike.update(check_ends_at=midnight.astimezone(dt.UTC))


class Migration(migrations.Migration):

    dependencies = [
        ("circles", "0010_one_mailbox"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="check_ends_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunPython(reckon, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=Q(checked_until__isnull=True, check_ends_at__isnull=True)
                | Q(checked_until__isnull=False, check_ends_at__isnull=False),
                name="membership_check_ends_with_its_day",
            ),
        ),
    ]
