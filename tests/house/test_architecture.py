"""Who may import whom, and who may ask what time it is."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# One line of dependency: each room imports itself and what stands to its left.
LINE = ["supportnet.notices", "supportnet.panel", "circles", "requests", "supportnet"]
OUTSIDE = {"views", "urls", "admin", "commands"}
LEAVES = {"models": OUTSIDE | {"forms", "tasks"}, "forms": OUTSIDE}
# What a verb may call although it stands in a task's module: it asks for the task, after the commit.
HURRIES = {"hurry", "hurry_waves"}
# Views, tasks, what stands in for them with Django, Celery and allauth, and what shows a page.
MAY_ASK_THE_TIME = {
    "views",
    "tasks",
    "admin",
    "commands",
    "health",
    "celery",
    "adapter",
    "templatetags",
    "previews",
}
# `createsuperuser` calls it straight, with no place for a time.
ASKS_ALL_THE_SAME = {"circles/models/person.py": 1}


def modules():
    """Every module of ours with its syntax tree, migrations aside."""
    for room in ("circles", "requests", "supportnet"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text())


MODULES = list(modules())


def dotted(path):
    """circles/models/person.py → circles.models.person."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def room_of(name):
    """The room that a dotted name stands in, or None where it is not ours."""
    nested = [room for room in LINE if name == room or name.startswith(room + ".")]
    return max(nested, key=len, default=None)


def imports(path, tree):
    """The dotted names that a module imports, relative ones resolved."""
    package = dotted(path).split(".") if path.name == "__init__.py" else dotted(path).split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("path", "tree"), MODULES, ids=[str(path) for path, _ in MODULES])
def test_each_room_imports_only_what_stands_to_its_left(path, tree):
    room = room_of(dotted(path))

    found = {room_of(name) for name in imports(path, tree)} - {None, room}

    if room in {"supportnet.notices", "supportnet.panel"}:
        assert found == set()
    else:
        assert found <= set(LINE[: LINE.index(room)])


@pytest.mark.parametrize(("path", "tree"), MODULES, ids=[str(path) for path, _ in MODULES])
def test_inside_a_room_models_do_not_look_outwards(path, tree):
    here = dotted(path).removeprefix(room_of(dotted(path))).split(".")
    layer = next((layer for layer in LEAVES if layer in here), None)

    outward = [
        name
        for name in imports(path, tree)
        if layer
        and room_of(name)
        and LEAVES[layer] & set(name.removeprefix(room_of(name)).split("."))
        and name.split(".")[-1] not in HURRIES
    ]

    assert outward == []


@pytest.mark.parametrize(("path", "tree"), MODULES, ids=[str(path) for path, _ in MODULES])
def test_only_the_outside_asks_what_time_it_is(path, tree):
    asks = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"timezone.now", "datetime.now", "dt.datetime.now"}
    ]

    if not MAY_ASK_THE_TIME & set(path.with_suffix("").parts):
        assert len(asks) == ASKS_ALL_THE_SAME.get(str(path), 0), f"asks in lines {asks}"


@pytest.mark.parametrize(("path", "tree"), MODULES, ids=[str(path) for path, _ in MODULES])
def test_there_are_no_signals_and_no_overridden_save(path, tree):
    saves = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)} & {"save"}

    assert not {name for name in imports(path, tree) if name.startswith("django.db.models.signals")}
    assert not saves or not {"models"} & set(path.with_suffix("").parts)


def test_the_package_named_requests_stays_empty():
    assert (ROOT / "requests/__init__.py").read_text() == ""


def test_no_file_says_nothing_with_its_name():
    empty = {"services.py", "utils.py", "helpers.py", "core.py", "common.py"}

    assert [path for path, _ in MODULES if path.name in empty] == []


def test_every_folder_of_tests_is_a_package():
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}

    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
