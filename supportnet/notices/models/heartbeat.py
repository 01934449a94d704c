from django.db import models


class HeartbeatManager(models.Manager):
    def beat(self, process, at):
        """Note that `process` ("beat", "worker") was alive at `at`; one upsert."""
        self.bulk_create(
            [self.model(process=process, at=at)],
            update_conflicts=True,
            unique_fields=["process"],
            update_fields=["at"],
        )


class Heartbeat(models.Model):
    """When a process of ours was last seen at work."""

    process = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    objects = HeartbeatManager()

    def __str__(self):
        return self.process
