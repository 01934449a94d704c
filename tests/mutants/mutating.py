"""Every small change that could be made to a module: what somebody might get wrong, and a test should notice.

A mutant is known by its place and its change in words, not by its line, so that it is the same one tomorrow.
"""

import ast
import copy
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_PLANTED = "nothing to plant it in"
COMPARED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
RECKONED = {ast.Add: ast.Sub, ast.Sub: ast.Add}
# One at a time, a lock changes nothing: that two at once wait for it is for the tests of races, on PostgreSQL.
LOCKS = {"lock", "hold", "_lock_with_slots"}
NARROWS = {"filter", "exclude", "get", "update", "Q", "get_or_create", "filtered"}
# In SQL, each time it stands there: what is written, and what somebody might have written instead.
SQL = re.compile(r"\b(SELECT|EXISTS|WHERE|AND|OR|IS NULL|IS NOT NULL|UNION)\b")
IN_SQL = [
    *[
        (r"\bAND NOT\b", "AND"),
        (r"\bAND\b(?! NOT)", "OR"),
        (r"\bOR\b", "AND"),
        (r"\bIS NOT NULL\b", "IS NULL"),
    ],
    *[(r"\bIS NULL\b", "IS NOT NULL"), (r"\bNOT IN\b", "IN"), (r"(?<!AND )\bNOT EXISTS\b", "EXISTS")],
    *[(r"<=", "<"), (r"<(?![=>])", "<="), (r">=", ">"), (r"(?<![<])>(?!=)", ">="), (r"\bDESC\b", "ASC")],
]


@dataclass(frozen=True)
class Mutant:
    """One change: where, in which function (or class, or of what), and in words."""

    path: str
    number: int
    line: int
    inside: str
    change: str
    in_function: bool

    @property
    def name(self):
        """The same as long as neither the function nor the change is called otherwise."""
        return f"{self.path}:{self.inside or '(module)'}: {self.change}"


@cache
def mutants_of(path):
    """Every mutant of a module."""
    walk = Changing(path)
    walk.visit(ast.parse((ROOT / path).read_text()))
    return walk.mutants


def mutated(path, number):
    """The syntax tree of the module with that one change."""
    walk = Changing(path, number)
    return ast.fix_missing_locations(walk.visit(ast.parse((ROOT / path).read_text())))


class Changing(ast.NodeTransformer):
    """Counts what could be changed, and changes the one of that number."""

    def __init__(self, path, number=None):
        self.path, self.wanted, self.mutants = path, number, []
        self.names, self.functions = [], 0

    def visit(self, node):
        """Offer each change to the node; the children are offered theirs first."""
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            return self._named(node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return node  # a docstring
        if isinstance(node, ast.Assign) and not self.functions:
            return self._assigned(node)
        if is_column_of_codes(node):
            return node
        if _called_name(node) == "select_for_update":
            node.func = self.visit(node.func)
            return node
        return self._changed(node)

    def _changed(self, node):
        node = self.generic_visit(node)
        for change, other in changes(node):
            node = self._offered(node, change, other)
        return node

    def _named(self, node):
        """What stands in a signature or a decorator is done when the module is read."""
        is_function = isinstance(node, ast.FunctionDef)
        self.names.append(node.name)
        if is_function:
            self.functions += 1
        node.body = [self.visit(part) for part in node.body]
        if is_function:
            self.functions -= 1
        self.names.pop()
        return node

    def _assigned(self, node):
        """A constant or a field: its name tells one number of a class from the other."""
        self.names.append(ast.unparse(node.targets[0]))
        node = self._changed(node)
        self.names.pop()
        return node

    def _offered(self, node, change, other):
        if not self.functions and not is_told_at_module_level(change):
            return node
        number = len(self.mutants)
        inside = ".".join(self.names)
        self.mutants.append(Mutant(self.path, number, node.lineno, inside, change, bool(self.functions)))
        return ast.copy_location(other(), node) if number == self.wanted else node


def is_column_of_codes(node):
    """Where one of our own codes is written down: a wider column holds the same."""
    return isinstance(node, ast.Call) and {"choices", "max_length"} <= {key.arg for key in node.keywords}


def is_told_at_module_level(change):
    """Words of SQL and numbers; the rest there is names and labels."""
    return change.startswith("SQL") or re.match(r"\d+ → ", change)


def changes(node):
    """(the change in words, what makes the other node) of each change that this node offers."""
    for kind, offered in OFFERS.items():
        if isinstance(node, kind):
            yield from offered(node)


def _with(node, **fields):
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _compared(node):
    for index, op in enumerate(node.ops):
        if other := COMPARED.get(type(op)):
            ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
            yield _to(node, _with(node, ops=ops))


def _joined(node):
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield _to(node, _with(node, op=other))
    for index in range(len(node.values)):
        rest = node.values[:index] + node.values[index + 1 :]
        yield _to(node, rest[0] if len(rest) == 1 else _with(node, values=rest))


def _denied(node):
    if isinstance(node.op, ast.Not):
        yield _to(node, node.operand)


def _reckoned(node):
    if other := RECKONED.get(type(node.op)):
        yield _to(node, _with(node, op=other()))


def _constant(node):
    value = node.value
    if isinstance(value, bool):
        yield _to(node, ast.Constant(not value))
    elif isinstance(value, int):
        yield _to(node, ast.Constant(value + 1))
    elif isinstance(value, str) and SQL.search(value):
        for pattern, instead in IN_SQL:
            for match in re.finditer(pattern, value):
                start, end = match.span()
                around = " ".join(value[max(0, start - 30) : end + 30].split())
                changed = value[:start] + instead + value[end:]
                yield (
                    f"SQL {match[0]} → {instead} in “{around}”",
                    lambda changed=changed: ast.Constant(changed),
                )


def _called_name(node):
    func = getattr(node, "func", None)
    return getattr(func, "attr", getattr(func, "id", ""))


def _called(node):
    name = _called_name(node)
    if name in ("filter", "exclude") and isinstance(node.func, ast.Attribute):
        other = "exclude" if name == "filter" else "filter"
        yield f"{name} → {other} in {_short(node)}", lambda: _with(node, func=_with(node.func, attr=other))
    if name in NARROWS:
        for index, keyword in enumerate(node.keywords):
            if len(node.keywords) > 1 or name in ("filter", "exclude"):
                rest = node.keywords[:index] + node.keywords[index + 1 :]
                words = f"without {keyword.arg or '**'}= in {_short(node)}"
                yield words, lambda rest=rest: _with(node, keywords=rest)


def _branched(node):
    other = _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    yield f"not ({ast.unparse(node.test)})", lambda: other


def _done(node):
    if isinstance(node.value, ast.Call) and _called_name(node.value) not in LOCKS:
        yield f"without {_short(node)}", ast.Pass


def _raised(node):
    yield f"without {_short(node)}", ast.Pass


def _to(node, other):
    return f"{_short(node)} → {_short(other)}", lambda: copy.deepcopy(other)


def _short(node):
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= 120 else text[:119] + "…"


OFFERS = {
    ast.Compare: _compared,
    ast.BoolOp: _joined,
    ast.UnaryOp: _denied,
    ast.BinOp: _reckoned,
    ast.Constant: _constant,
    ast.Call: _called,
    ast.If: _branched,
    ast.IfExp: _branched,
    ast.Expr: _done,
    ast.Raise: _raised,
}
