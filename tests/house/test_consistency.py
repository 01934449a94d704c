"""What stands in two places agrees: templates and views, style sheets and their index, locks and promises."""

import re
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.template import engines
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parents[2]
# Found by allauth and Django by their names alone.
FOUND_BY_NAME = ("account/", "allauth/", "mfa/", "admin/", "mail/")
ERROR_PAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}


def templates():
    """Our templates by name."""
    folder = ROOT / "templates"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))


def test_every_template_is_used():
    sources = [*ROOT.glob("*/**/*.py"), *(ROOT / "templates").rglob("*.*")]
    text = "\n".join(path.read_text() for path in sources if not {".venv", "var"} & set(path.parts))
    mentioned = set(re.findall(r"[\w/.-]+\.html", text))
    # f"notices/{name}.html" with "unsubscribed" somewhere.
    composed = set(re.findall(r"([\w/]+/)\{\w+\}\.html", text))
    words = set(re.findall(r"[\"'](\w+)[\"']", text))
    mentioned |= {f"{folder}{word}.html" for folder in composed for word in words}

    unused = [
        name
        for name in templates()
        if name not in mentioned | ERROR_PAGES and not name.startswith(FOUND_BY_NAME)
    ]

    assert unused == []


@pytest.mark.parametrize("name", templates())
def test_every_template_compiles(name):
    engines["django"].get_template(name)


def test_every_script_is_asked_for():
    text = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    scripts = "\n".join(path.read_text() for path in (ROOT / "static/js").rglob("*.js"))

    unused = [path.name for path in (ROOT / "static/js").rglob("*.js") if path.name not in text + scripts]

    assert unused == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("name", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_what_beat_starts_exists_and_expires_before_it_starts_again(name):
    current_app.loader.import_default_modules()
    entry = settings.CELERY_BEAT_SCHEDULE[name]

    assert entry["task"] in current_app.tasks
    assert 0 < entry["options"]["expires"] < entry["schedule"].total_seconds()


def test_every_middleware_can_be_imported():
    assert [path for path in settings.MIDDLEWARE if not import_string(path)] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_hold_nothing_that_stands_in_our_way(lock):
    text = (ROOT / lock).read_text()
    packages = set(re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==", text, re.M))

    # An HTTP library of our app's name, what imports it, and a driver that Django would take instead of ours.
    banned = {"requests", "psycopg", "psycopg-binary", "django-anymail", "pywebpush", "locust", "premailer"}
    assert packages & banned == set()
    assert {"django", "django-allauth", "celery", "redis", "psycopg2-binary"} <= packages


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_pin_every_package_by_hash_and_name_no_index(lock):
    text = (ROOT / lock).read_text()
    blocks = re.split(r"\n(?=[A-Za-z])", text)

    assert [block for block in blocks if "==" in block and "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_every_target_of_the_makefile_that_one_types_says_what_it_does():
    text = (ROOT / "Makefile").read_text()

    explained = set(re.findall(r"^([a-z-]+):.*## \S", text, re.M))

    typed = {"help", "run", "test", "ci", "bench", "lint", "fix", "demo", "lock", "messages"}
    assert typed <= explained


def test_ci_calls_make_ci():
    assert (ROOT / ".ci/run").read_text().rstrip().endswith("make ci")


PRIVATE = (
    "asker",
    "posted_by",
    "whom",
    "address",
    "way_in",
    "phone",
    "medical_note",
    "children",
    "away",
    "visit",
)
# Where a template may ask a request for such a thing all the same, and why.
MAY_PRINT = {
    # The link is there only for those who may know who asks (`blockable_by`), and it is this very person.
    ("requests/_safety.html", "asker"),
    # Compared with whoever reads it, and not printed.
    ("requests/_whose_yes.html", "asker"),
    ("requests/_whose_yes.html", "posted_by"),
}


def test_no_template_prints_what_only_a_policy_may_show():
    """Names come through `asker_for`, private fields through `rungs_for`: see `requests/visibility/policies.py`."""
    request = r"(?:help_request|asked|ask|need|one)"
    printed = re.compile(rf"\{{[{{%][^}}]*\b{request}\.({'|'.join(PRIVATE)})\b(?!\()")
    found = {
        (str(path.relative_to(ROOT / "templates")), name)
        for path in (ROOT / "templates").rglob("*.*")
        if path.suffix in (".html", ".txt")
        for name in printed.findall(path.read_text())
    }

    assert found <= MAY_PRINT, found - MAY_PRINT
