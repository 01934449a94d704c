import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("process", models.CharField(max_length=40, unique=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("address", models.EmailField(blank=True, default="", max_length=254)),
                ("cause_id", models.BigIntegerField()),
                ("circle_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "facts",
                    models.JSONField(
                        blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("try_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("lease", models.UUIDField(blank=True, null=True)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("dropped_at", models.DateTimeField(blank=True, null=True)),
                ("dropped_because", models.CharField(blank=True, default="", max_length=200)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, default="", max_length=300)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reader",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "indexes": [
                    models.Index(
                        condition=models.Q(("dropped_at", None), ("failed_at", None), ("sent_at", None)),
                        fields=["try_at", "id"],
                        name="notice_waiting_next",
                    ),
                    models.Index(
                        condition=models.Q(("dropped_at", None), ("failed_at", None), ("sent_at", None)),
                        fields=["reader", "kind"],
                        name="notice_waiting_siblings",
                    ),
                    models.Index(
                        condition=models.Q(("sent_at", None), _negated=True),
                        fields=["reader", "kind", "sent_at"],
                        name="notice_sent_lately",
                    ),
                    models.Index(fields=["reader", "-id"], name="notice_page"),
                    models.Index(
                        condition=models.Q(("failed_at", None), _negated=True),
                        fields=["circle_id", "-failed_at"],
                        name="notice_failed_in_circle",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address", ""), ("reader__isnull", False)),
                            models.Q(("reader__isnull", True), models.Q(("address", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="notice_goes_to_a_person_or_to_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dropped_at", None), ("sent_at", None)),
                            models.Q(("failed_at", None), ("sent_at", None)),
                            models.Q(("dropped_at", None), ("failed_at", None)),
                            _connector="OR",
                        ),
                        name="notice_ends_only_one_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease", None), ("leased_until", None)),
                            models.Q(("lease__isnull", False), ("leased_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="notice_lease_has_an_end",
                    ),
                ],
            },
        ),
    ]
