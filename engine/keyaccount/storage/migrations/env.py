"""Alembic's way into the migrations: on the connection and in the transaction handed in."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="keyaccount_versions",
    transactional_ddl=True,
)
context.run_migrations()
