"""Roles, databases, schemas and grants on a PostgreSQL server: the official `pulumi-postgresql` types."""

from engine.providers.postgresql.provider import PostgresqlProvider

__all__ = ["PostgresqlProvider"]
