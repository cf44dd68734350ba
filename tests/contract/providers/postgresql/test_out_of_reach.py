"""What nobody can take from tenants of one server with the rights that RDS gives: docs/explanation/shared-tiers.md.

Where one of these fails, there is something to build.
"""

from __future__ import annotations

import psycopg
import pytest

from tests.postgres_servers import Running

_CALLED = (
    "SELECT count(*) FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = '{name}'"
    " AND has_function_privilege('{role}', oid, 'EXECUTE')"
)


@pytest.mark.parametrize(
    "signature", ["pg_advisory_lock(bigint)", "pg_try_advisory_xact_lock(int, int)", "lo_create(oid)"]
)
def test_a_master_takes_no_function_of_the_server_s_own_from_everybody(
    running: Running, unique: str, signature: str
) -> None:
    running.run(f"CREATE ROLE {unique}")
    asked = _CALLED.format(name=signature.partition("(")[0], role=unique)
    before = running.run(asked)
    said: list[str | None] = []
    with running.connect("master", running.master) as master:
        master.add_notice_handler(lambda notice: said.append(notice.message_primary))
        master.execute(f"REVOKE ALL ON FUNCTION pg_catalog.{signature} FROM PUBLIC".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            master.execute("GRANT rdsadmin TO CURRENT_USER")
    assert said == [f'no privileges could be revoked for "{signature.partition("(")[0]}"']
    assert running.run(asked) == before != [(0,)]
    running.run(f"DROP ROLE {unique}")
