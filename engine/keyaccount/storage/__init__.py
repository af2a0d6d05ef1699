"""Databases: SQLite embedded, PostgreSQL in production; engines, column types, migrations."""
