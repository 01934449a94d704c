"""The languages that people can choose are complete, and what is read is what was written."""

import re
import subprocess

import pytest
from django.conf import settings

CATALOGUES = sorted((settings.ROOT / "locale").glob("*/LC_MESSAGES/django.po"))


def compiled(catalogue, to):
    """What msgfmt says of a catalogue, whose compiled form it writes."""
    command = ["msgfmt", "--statistics", "--check-format", "--check-domain", "-o", str(to), str(catalogue)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env={"LC_ALL": "C"}).stderr


def test_every_language_that_can_be_chosen_has_a_catalogue():
    spoken = {catalogue.parent.parent.name for catalogue in CATALOGUES} | {"en"}

    assert spoken == {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_a_catalogue_is_complete_and_compiled(catalogue, tmp_path):
    said = compiled(catalogue, tmp_path / "django.mo")

    assert re.fullmatch(r"\d+ translated messages\.\n", said)
    assert catalogue.with_suffix(".mo").read_bytes() == (tmp_path / "django.mo").read_bytes()
