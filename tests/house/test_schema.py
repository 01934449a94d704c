"""Tests take their tables straight from the models; here, what the migrations make is held to them."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

ROOMS = ("circles", "requests", "supportnet")
# Made before the column could be null, in other words to the same effect.
SAME_IN_OTHER_WORDS = {"person_has_an_email"}

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, is_identity, column_default
    FROM information_schema.columns WHERE table_schema = %s
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(pg_constraint.oid)
    FROM pg_constraint JOIN pg_namespace ON pg_namespace.oid = connamespace WHERE nspname = %s
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s"


def our_tables():
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models if model.__module__.startswith(ROOMS)}


def rows(cursor, sql, schema):
    """What `sql` finds about our tables in a schema, without its name."""
    cursor.execute(sql, [schema])
    found = {tuple(str(value).replace(f"{schema}.", "") for value in row) for row in cursor.fetchall()}
    return {row for row in found if row[0] in our_tables() and row[1] not in SAME_IN_OTHER_WORDS}


def migrate():
    """Run all migrations where `search_path` leads, without telling anybody."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_the_migrations_make_the_tables_of_the_models():
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA migrated")
        cursor.execute("SET LOCAL search_path TO migrated")
        migrate()

        for sql in (COLUMNS, CONSTRAINTS, INDEXES):
            of_models, of_migrations = (rows(cursor, sql, schema) for schema in ("public", "migrated"))
            assert len(of_models) > 50
            assert of_migrations ^ of_models == set()
