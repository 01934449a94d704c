"""Who may import whom, and who may ask what time it is."""

import ast
from collections import Counter
from pathlib import Path

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
    "middleware",
    "templatetags",
    "preview_pages",
}
CLOCKS = {"timezone.now", "datetime.now", "dt.datetime.now"}
# `createsuperuser` calls it straight, with no place for a time.
ASKS_ALL_THE_SAME = {"circles/models/person_queries.py": 1}


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


def test_each_room_imports_only_what_stands_to_its_left():
    wrong = [
        f"{path} imports {name}"
        for path, tree in MODULES
        for name in imports(path, tree)
        if room_of(name) not in {None, room_of(dotted(path)), *left_of(room_of(dotted(path)))}
    ]

    assert wrong == []


def left_of(room):
    """The rooms that `room` may import; notices and panel stand side by side at the very left."""
    return LINE[: LINE.index(room)] if LINE.index(room) > 1 else []


def test_inside_a_room_models_and_forms_do_not_look_outwards():
    wrong = [
        f"{path} imports {name}"
        for path, tree in MODULES
        for name in imports(path, tree)
        if LEAVES.get(layer_of(dotted(path)), set()) & {layer_of(name)} and name.split(".")[-1] not in HURRIES
    ]

    assert wrong == []


def layer_of(name):
    """What stands right behind the room: models, forms, views, …"""
    room = room_of(name)
    return name.removeprefix(f"{room}.").split(".")[0] if room else None


def test_only_the_outside_asks_what_time_it_is():
    asks = Counter(
        str(path)
        for path, tree in MODULES
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS
        if not MAY_ASK_THE_TIME & set(path.with_suffix("").parts)
    )

    assert asks == ASKS_ALL_THE_SAME


def test_there_are_no_signals_and_no_overridden_save():
    signals = [
        path
        for path, tree in MODULES
        for name in imports(path, tree)
        if name.startswith("django.db.models.signals")
    ]
    saves = [
        path
        for path, tree in MODULES
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "save" and layer_of(dotted(path)) == "models"
    ]

    assert signals == saves == []


def test_nothing_leans_on_the_inner_parts_of_the_sign_in_library():
    """They change without notice from one release to the next."""
    inner = [(path, name) for path, tree in MODULES for name in imports(path, tree) if ".internal" in name]

    assert inner == []


def test_the_package_named_requests_stays_empty():
    assert (ROOT / "requests/__init__.py").read_text() == ""


def test_no_file_says_nothing_with_its_name():
    empty = {"services.py", "utils.py", "helpers.py", "core.py", "common.py"}

    assert [path for path, _ in MODULES if path.name in empty] == []


def test_every_folder_of_tests_is_a_package():
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}

    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
