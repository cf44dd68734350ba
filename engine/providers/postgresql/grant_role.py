"""`postgresql:index/grantRole:GrantRole`: one role made a member of another.

Since PostgreSQL 16 a membership says by itself whether it inherits and whether it allows SET ROLE, and whoever creates
a role is given one that does neither. The official type has no word for either: a membership of ours allows SET ROLE,
inherits where the member has INHERIT, and one that does less counts as none. A role that names its `roles` names all of
them, so a membership declared here must stand there too, or `roles` be left out.
"""

from __future__ import annotations

from psycopg import sql

from engine.providers.port import Call, Props
from engine.providers.postgresql.properties import Kind, Property
from engine.providers.postgresql.row import Row
from engine.providers.postgresql.server import Server
from engine.providers.postgresql.session import MEMBERSHIP_OPTIONS, Session, name

_LOOK = """
SELECT bool_or(m.admin_option), {whole}
FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
WHERE r.rolname = %(role)s AND g.rolname = %(group)s HAVING count(*) > 0
"""
_WHOLE = "(bool_or(m.inherit_option) OR NOT bool_or(r.rolinherit)) AND bool_or(m.set_option)"
_GRANTORS = """
SELECT DISTINCT pg_get_userbyid(m.grantor)::text
FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
WHERE r.rolname = %(role)s AND g.rolname = %(group)s AND (m.inherit_option OR m.set_option) ORDER BY 1
"""


class GrantRoleRow(Row):
    """A membership, with or without the right to hand it on. Nothing of it changes in place."""

    resource_type = "postgresql:index/grantRole:GrantRole"
    noun = "membership"
    identity = ("role", "grantRole")
    named = False
    table = (
        Property("role", Kind.NAME, required=True, replace=True),
        Property("grantRole", Kind.NAME, required=True, replace=True),
        Property("withAdminOption", Kind.FLAG, False, replace=True),
    )

    def id(self, wanted: Props) -> str:
        """The official provider's composite: member, role, admin option."""
        return f"{wanted['role']}_{wanted['grantRole']}_{str(wanted['withAdminOption']).lower()}"

    def look(self, server: Server, wanted: Props) -> Props | None:
        """The membership; None when there is none that lets the member use the role."""
        with server.reading() as session:
            assert session is not None, "the provider's own database is where we are"
            whole = _WHOLE if session.version >= MEMBERSHIP_OPTIONS else "true"
            rows = session.ask(_LOOK.replace("{whole}", whole), role=wanted["role"], group=wanted["grantRole"])
        if not rows or not rows[0][1]:
            return None
        return {each: wanted[each] for each in self.identity} | {"withAdminOption": rows[0][0]}

    def make(self, server: Server, wanted: Props, call: Call) -> None:
        """GRANT, saying every option: one that is left out keeps what a weaker membership had."""
        with server.changing(call) as session, session.transaction():
            session.change(
                sql.SQL("GRANT {} TO {} {}").format(
                    name(wanted["grantRole"]), name(wanted["role"]), _options(session, wanted)
                )
            )

    def alter(self, server: Server, live: Props, old: Props, wanted: Props, call: Call) -> None:
        """As `make`."""
        self.make(server, wanted, call)

    def drop(self, server: Server, there: Props, call: Call) -> None:
        """REVOKE, whoever granted it; refused where that was somebody whose rights this login lacks."""
        if self.look(server, there) is None:
            return
        statement = sql.SQL("REVOKE {} FROM {}").format(name(there["grantRole"]), name(there["role"]))
        with server.changing(call) as session, session.transaction():
            if session.version < MEMBERSHIP_OPTIONS:
                session.change(statement)
                return
            for (grantor,) in session.ask(_GRANTORS, role=there["role"], group=there["grantRole"]):
                session.change(sql.SQL("{} GRANTED BY {}").format(statement, name(grantor)))


def _options(session: Session, wanted: Props) -> sql.Composable:
    admin = sql.SQL("TRUE" if wanted["withAdminOption"] else "FALSE")
    if session.version < MEMBERSHIP_OPTIONS:
        return sql.SQL("WITH ADMIN OPTION" if wanted["withAdminOption"] else "")
    rows = session.ask("SELECT rolinherit FROM pg_roles WHERE rolname = %(role)s", role=wanted["role"])
    inherits = sql.SQL("TRUE" if not rows or rows[0][0] else "FALSE")
    return sql.SQL("WITH ADMIN {}, INHERIT {}, SET TRUE").format(admin, inherits)
