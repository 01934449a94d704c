"""A real Chromium in front of a whole installation."""

import shutil

import pytest

from tests.installation import Installation, cookie_of

from .visitor import Visitor

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIETLY = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def pytest_collection_modifyitems(items):
    """Everything in this folder needs a browser and PostgreSQL."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The Chromium of this machine, which keeps to itself."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not found:
        pytest.fail("There is no Chromium on this machine. On Debian: apt install chromium")
    return {**browser_type_launch_args, "executable_path": found, "args": list(QUIETLY)}


@pytest.fixture(scope="session")
def _installation(collected, django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock():
        installation = Installation(tmp_path_factory.mktemp("installation"))
    try:
        yield installation.start("broker", "web", "worker")
    finally:
        installation.stop()


@pytest.fixture
def house(_installation, transactional_db, settings):
    """The installation, empty; what the test does itself has the same address and mail server."""
    _installation.forget_limits()
    _installation.sink.mails.clear()
    settings.SITE_URL = _installation.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", _installation.sink.port
    return _installation


@pytest.fixture
def visit(browser, house):
    """Opens a window of somebody's own: `visit()` or `visit(ada)`, with Playwright's options for it."""
    visitors = []

    def visit(person=None, **options):
        zone = person.time_zone if person else "Europe/Lisbon"
        options = {"timezone_id": zone, "locale": "en-GB", **options}
        context = browser.new_context(base_url=house.url, **options)
        context.set_default_timeout(8000)
        if person:
            context.add_cookies([cookie_of(person, house)])
        visitors.append(Visitor(context, house))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        visitor.context.close()
    assert [trouble for visitor in visitors for trouble in visitor.troubles] == []
