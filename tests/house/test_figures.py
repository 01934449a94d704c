"""How long things are: what is read often is short, and what is longer has a reason.

`python -m tests.house.test_figures` prints the figures.
"""

import ast
from statistics import median

import pytest
from django.urls import get_resolver

from .test_architecture import MODULES, ROOT

# Views that say more than "who, what, do, answer", and why they are not shorter.
LONG_VIEWS = {}
# Files that are longer than others may be, and why.
LONG_FILES = {}
TEMPLATE_LINE = 160


def functions():
    """(lines, where) of every function, shortest first; decorators are not counted, docstrings are."""
    return sorted(
        (node.end_lineno - node.lineno + 1, f"{path}:{node.name}")
        for path, tree in MODULES
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    )


def files():
    """(lines, path) of every module, shortest first."""
    return sorted(((ROOT / path).read_text().count("\n"), str(path)) for path, _ in MODULES)


def views():
    """{where: lines} of what stands behind an address of ours."""
    named = {(view.__module__, view.__name__) for view in callbacks(get_resolver())}
    return {
        f"{path}:{node.name}": node.end_lineno - node.lineno + 1
        for path, tree in MODULES
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and (dotted(path), node.name) in named
    }


def callbacks(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from callbacks(pattern)
        elif hasattr(pattern.callback, "__name__"):
            yield pattern.callback


def dotted(path):
    return ".".join(path.with_suffix("").parts)


def template_lines():
    """(length, where) of every line of our templates."""
    return [
        (len(line), f"{path.relative_to(ROOT)}:{number}")
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
    ]


def at(figures, share):
    """The first of the sorted pairs that is not among the lowest `share`."""
    return figures[min(len(figures) - 1, int(len(figures) * share))][0]


def lines_to_a_comment():
    code = [
        line.lstrip()
        for path, _ in MODULES
        for line in (ROOT / path).read_text().splitlines()
        if line.strip()
    ]
    return len(code) / sum(line.startswith("#") for line in code)


def test_functions_are_short():
    found = functions()

    assert median(lines for lines, _ in found) <= 5
    assert at(found, 0.95) <= 15
    assert found[-1][0] <= 40, found[-1]


@pytest.mark.django_db
def test_views_are_who_what_do_answer():
    long = {where for where, lines in views().items() if lines > 15}

    assert long == set(LONG_VIEWS)


def test_files_hold_one_noun():
    found = files()

    assert at(found, 0.95) <= 200
    assert [path for lines, path in found if lines > 400 and path not in LONG_FILES] == []


def test_lines_of_templates_are_for_reading():
    """`make fix` breaks what is longer where no reader of the page notices (`tests/reflow.py`)."""
    assert [where for length, where in template_lines() if length > TEMPLATE_LINE] == []


def test_comments_stand_where_a_reader_would_stop():
    assert lines_to_a_comment() <= 60


def main():
    found, modules = functions(), files()
    print(
        f"functions: {len(found)}, median {median(n for n, _ in found)}, 95 % {at(found, 0.95)}, longest {found[-1]}"
    )
    print(f"files: {len(modules)}, 95 % {at(modules, 0.95)}, longest {modules[-1]}")
    print(f"one comment in {lines_to_a_comment():.0f} lines; template lines over {TEMPLATE_LINE}:", end=" ")
    print(sum(length > TEMPLATE_LINE for length, _ in template_lines()))


if __name__ == "__main__":
    main()
