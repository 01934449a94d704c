from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone


def say_nothing_of_the_past(apps, schema_editor):
    """Checks that ran out before this version told of it are no news."""
    over = apps.get_model("circles", "Membership").objects.filter(check_ends_at__lte=timezone.now())
    over.update(check_end_told_at=models.F("check_ends_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("circles", "0011_check_ends_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="check_end_told_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunPython(say_nothing_of_the_past, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=Q(check_end_told_at__isnull=True),
                fields=["check_ends_at"],
                name="checks_that_end",
            ),
        ),
    ]
