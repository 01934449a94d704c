from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("circles", "0012_check_end_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="SentForm",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("said", models.CharField(max_length=16)),
                ("page", models.CharField(max_length=200)),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
