from datetime import timedelta

import pytest

from circles.models import Person
from supportnet.notices import kinds
from supportnet.notices.models import Notice
from tests.cast import now
from tests.smtp import Sink


class Greeting(kinds.Kind):
    """A kind of the tests' own: about a person, so that it needs no other room."""

    name = "test_greeting"
    model = Person
    label = "Greetings"
    quiet = False

    def url(self, cause):
        return f"/people/{cause.pk}/"


class Collected(Greeting):
    name = "test_collected"
    collects = timedelta(minutes=10)


class Quiet(Greeting):
    name = "test_quiet"
    quiet = True


class Declinable(Greeting):
    name = "test_declinable"
    topic = "greetings"
    declined = set()

    def turn_down(self, reader, cause):
        self.declined.add((reader.pk, cause.pk))
        return "daily"

    def turn_up(self, reader, cause, was):
        assert was == "daily"
        self.declined.discard((reader.pk, cause.pk))

    def turned_down_text(self, cause, reader):
        return f"greetings from {cause.name}"


KINDS = [Greeting, Collected, Quiet, Declinable]


@pytest.fixture(autouse=True)
def greetings(settings, tmp_path):
    """Registers the kinds above with three short templates each."""
    folder = tmp_path / "mail"
    folder.mkdir()
    for kind in KINDS:
        kinds.register(kind)
        (folder / f"{kind.name}.subject.txt").write_text(
            "Hello from {% for c in causes %}{{ c.name }} {% endfor %}\n"
        )
        (folder / f"{kind.name}.txt").write_text("{{ at|time:'H:i' }} {{ cause.name }} {{ unsubscribe_url }}")
        (folder / f"{kind.name}.html").write_text("<p>{{ cause.name }}</p>")
    first, *others = settings.TEMPLATES
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], tmp_path]}, *others]
    Declinable.declined.clear()
    yield
    for kind in KINDS:
        kinds.forget(kind)


@pytest.fixture
def sink(settings):
    """A mail server that takes everything, unless told otherwise."""
    sink = Sink().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    yield sink
    sink.stop()


@pytest.fixture
def tell():
    """Queues one notice and returns it."""

    def tell(reader, cause, kind="test_greeting", **about):
        about = {"at": now(), "key": f"{kind}:{cause.pk}:{getattr(reader, 'pk', reader)}", **about}
        Notice.objects.queue(kind, cause, to=reader, **about)
        return Notice.objects.get(key=about["key"])

    return tell
