"""Nobody else on the machine reads what we keep: not the database, not the mails, not what older versions left open."""

import configparser
import os
import re
import stat
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ImproperlyConfigured

from supportnet import broker, environment
from tests.running import ROOT, Running, until

on_linux = [pytest.mark.faults, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]


def open_to_others(folder):
    """The paths in `folder`, itself included, that group or others may do anything with."""
    return [
        f"{stat.filemode(path.stat().st_mode)} {path}"
        for path in (folder, *folder.rglob("*"))
        if path.exists() and path.stat().st_mode & 0o077
    ]


def ask_for_a_code(port, name):
    """A mail to somebody, as a visitor sets it going."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    url = f"http://localhost:{port}/accounts/login/code/"
    with browser.open(url) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())[1]
    with browser.open(
        url, urlencode({"email": f"{name}@example.org", "csrfmiddlewaretoken": token}).encode()
    ):
        pass


@pytest.fixture
def running(tmp_path):
    """Started anew over what an older version left open to everybody."""
    here = Running(tmp_path / "var").furnish()
    try:
        until(here.start().ready)
        ask_for_a_code(here.port, "ada")
        here.end()
        for path in (here.var, *here.var.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        until(here.start().ready)
        ask_for_a_code(here.port, "bo")
        yield here
    finally:
        here.end_if_need_be()


class TestRunning:
    """The real thing."""

    pytestmark = on_linux

    def test_all_that_is_kept_is_closed_and_every_process_keeps_it_so(self, running):
        masks = {
            re.search(r"Umask:\s*(\d+)", Path(f"/proc/{pid}/status").read_text())[1]
            for pid in (running.process.pid, *running.family())
        }

        assert open_to_others(running.var) == []
        assert len(list((running.var / "mailbox").iterdir())) == 2
        assert running.get("/accounts/login/code/")[0] == 200
        assert masks == {"0077"}


def test_whatever_another_program_of_ours_writes_is_closed():
    """`manage.py`, Celery and gunicorn all read the settings first, as this test did."""
    mask = os.umask(0o077)

    assert mask == 0o077


@pytest.mark.parametrize(
    "unit", sorted((ROOT / "deploy/systemd").glob("*.service")), ids=lambda path: path.stem
)
def test_the_units_say_it_too(unit):
    service = configparser.ConfigParser(strict=False, interpolation=None)
    service.read(unit)

    assert service["Service"]["UMask"] == "0077"
    assert service["Service"]["StateDirectoryMode"] == "0700"


def test_what_is_not_ours_in_the_folder_stays_as_it_is(tmp_path):
    theirs, ours = tmp_path / "notes.txt", tmp_path / "supportnet.sqlite3"
    for path in (theirs, ours):
        path.touch()
        path.chmod(0o644)

    environment.close_to_others(tmp_path)

    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, theirs, ours)] == [0o700, 0o644, 0o600]


def test_a_database_elsewhere_is_closed_as_well(tmp_path):
    files = [tmp_path / f"data.sqlite3{end}" for end in ("", "-wal", "-shm")]
    for path in files:
        path.touch()
        path.chmod(0o644)

    environment.close_database_to_others(str(files[0]))

    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_folder_in_which_everybody_writes_is_refused(tmp_path, monkeypatch):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    monkeypatch.setenv("SUPPORTNET_VAR", str(shared))

    with pytest.raises(ImproperlyConfigured, match="SUPPORTNET_VAR should be a folder of its own"):
        environment.folder("SUPPORTNET_VAR", "")

    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_the_broker_stands_in_no_folder_of_somebody_else(tmp_path):
    os.chown(tmp_path, 12345, 12345)

    with pytest.raises(broker.NoBroker):
        broker.command(tmp_path / "broker.sock")
