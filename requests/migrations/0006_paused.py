from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0005_reasons"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="helprequest",
            index=models.Index(
                condition=models.Q(("paused_until__isnull", False)),
                fields=["paused_until"],
                name="help_requests_paused",
            ),
        ),
    ]
