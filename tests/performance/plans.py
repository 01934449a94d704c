"""How PostgreSQL means to answer a statement."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext


def plans_of(call):
    """The plans of what `call` reads and updates: sets of "<index>", "<index> alone" and "Seq Scan on <table>"."""
    with CaptureQueriesContext(connection) as seen:
        call()
    statements = [query["sql"] for query in seen.captured_queries]
    return [
        _plan(sql) for sql in statements if sql.strip().startswith(("SELECT", "(SELECT", "WITH", "UPDATE"))
    ]


def _plan(statement):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
        found = cursor.fetchone()[0]
    [plan] = json.loads(found) if isinstance(found, str) else found
    return set(_ways(plan["Plan"]))


def _ways(node):
    if node["Node Type"] == "Seq Scan":
        yield f"Seq Scan on {node['Relation Name']}"
    if "Index Name" in node:
        yield node["Index Name"]
    if node["Node Type"] == "Index Only Scan":
        yield f"{node['Index Name']} alone"
    for child in node.get("Plans", ()):
        yield from _ways(child)
