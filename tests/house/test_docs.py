"""What the documents name is there, so that nobody is led to a room that was moved."""

import re
from functools import cache

import pytest

from .test_architecture import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md")])
# A file or a folder of ours between backticks: `requests/urls.py`, `home_queries.py`, `circles/models/`.
NAMED = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.py|(?:[\w-]+/)+)`")


FOLDERS = ("circles", "requests", "supportnet", "tests", "deploy", "docs")
MADE_WHEN_IT_RUNS = {"var/"}


@cache
def there():
    """Every file of ours, and every folder with a slash at its end."""
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    return {f"/{path.relative_to(ROOT)}{'/' * path.is_dir()}" for path in [*inside, *ROOT.iterdir()]}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(document):
    named = set(NAMED.findall(document.read_text())) - MADE_WHEN_IT_RUNS

    assert sorted(name for name in named if not any(path.endswith(f"/{name}") for path in there())) == []


# The same in a comment, a docstring or the first line of a template.
IN_CODE = re.compile(r"(?:`|\bsee )((?:[\w-]+/)*[\w-]+\.(?:py|html|css))\b")


def test_what_a_comment_names_is_there():
    sources = [
        path
        for folder in ("circles", "requests", "supportnet", "tests")
        for path in (ROOT / folder).rglob("*.py")
    ]
    wrong = [
        (str(path.relative_to(ROOT)), name)
        for path in [*sources, *(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.*s")]
        for name in IN_CODE.findall(path.read_text())
        if not any(known.endswith(f"/{name}") for known in everything())
    ]

    assert wrong == []


@cache
def everything():
    """What is `there`, with templates and style sheets."""
    return there() | {
        f"/{path.relative_to(ROOT)}"
        for folder in ("templates", "static")
        for path in (ROOT / folder).rglob("*.*")
    }
