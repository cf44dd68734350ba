"""Roles, databases, schemas and grants on a PostgreSQL server: the official `pulumi-postgresql` types.

And row security, a package of our own on the same servers.
"""

from engine.providers.postgresql.provider import PostgresqlProvider
from engine.providers.postgresql.row_security import RowSecurityProvider

__all__ = ["PostgresqlProvider", "RowSecurityProvider"]
