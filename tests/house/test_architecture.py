"""Who may import whom, and who may ask what time it is."""

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# One line of dependency: each room imports itself and what stands to its left.
LINE = ["supportnet.notices", "supportnet.panel", "circles", "requests", "supportnet"]
# The lines inside the rooms, imports inside functions included: what stands side by side does not know each other. What
# is not named stands at the beginning. `visibility.sql` and `visibility.rule` are SQL, which the models build on.
INSIDE = {
    "requests": [
        ("schedule", "catalogue", "visibility.sql"),
        ("visibility.rule",),
        ("models",),
        ("visibility",),
        ("pages", "sweeps"),
        ("forms", "mails"),
        ("admin", "reactions"),
        ("views", "templatetags"),
        ("urls", "tasks", "apps"),
    ],
    "circles": [
        ("models",),
        ("browsers", "links_by_address", "name_in_links", "report_subjects", "sweeps"),
        ("forms", "mails"),
        ("admin", "views"),
        ("urls", "adapter", "apps"),
    ],
}
# What an app imports when it is ready, which is the reason for being ready; and what starts a process of its own.
IMPORT_WHEN_CALLED = {
    "circles/apps.py": "models exist by then",
    "requests/apps.py": "models exist by then",
    "supportnet/apps.py": "models exist by then",
    "supportnet/celery.py": "a worker imports it before there are settings",
    "supportnet/management/commands/run.py": "each process that it starts imports what it needs, and no more",
}
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


@pytest.mark.parametrize("room", INSIDE)
def test_inside_a_room_each_part_imports_only_what_stands_before_it(room):
    wrong = [
        f"{path} imports {name}"
        for path, tree in MODULES
        if room_of(dotted(path)) == room
        for name in imports(path, tree)
        if room_of(name) == room and not may_import(place_of(dotted(path)), place_of(name))
    ]

    assert wrong == []


def may_import(mine, its):
    return its == mine or its[0] < mine[0]


def place_of(name):
    """(row, part) of a dotted name in the line of its room: the longest that it begins with."""
    inner = name.removeprefix(f"{room_of(name)}.") + "."
    found = [
        (len(part), row, part)
        for row, parts in enumerate(INSIDE[room_of(name)])
        for part in parts
        if inner.startswith(part + ".")
    ]
    return max(found)[1:] if found else (-1, "")


def test_every_part_of_the_line_is_there():
    parts = {f"{room}.{part}" for room, rows in INSIDE.items() for row in rows for part in row}

    assert parts - {dotted(path) for path, _ in MODULES} == set()


def test_no_modules_import_each_other():
    """Not even by way of others, imports inside functions included."""
    assert circles_of_imports() == []


def circles_of_imports():
    """Sets of modules each of which imports the others, sooner or later."""
    edges, reach = graph(), {}
    for name in edges:
        found, todo = set(), [name]
        while todo:
            new = edges[todo.pop()] - found
            found |= new
            todo += new
        reach[name] = found
    rings = {
        frozenset(other for other in reach[name] if name in reach[other])
        for name in edges
        if name in reach[name]
    }
    return sorted(sorted(ring) for ring in rings)


def graph():
    """{module: the modules that it imports}, without the packages above it, which Python imports anyway."""
    there = {dotted(path) for path, _ in MODULES}
    return {
        dotted(path): {
            module
            for name in imports(path, tree)
            if (module := module_of(name, there)) and not f"{dotted(path)}.".startswith(f"{module}.")
        }
        for path, tree in MODULES
    }


def module_of(name, there):
    """The module of ours that a dotted name stands in, or is."""
    while name and name not in there:
        name = name.rpartition(".")[0]
    return name


def test_imports_inside_functions_have_a_reason():
    inside = {
        str(path)
        for path, tree in MODULES
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom | ast.Import)
        and any(map(is_ours, imports(path, ast.Module([node], []))))
    }

    assert inside == set(IMPORT_WHEN_CALLED)


def is_ours(name):
    return room_of(name) is not None


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
