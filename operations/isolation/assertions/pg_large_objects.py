"""A large object has no schema, no policy and no row: a list of its own says who reads it, while that is asked."""

from __future__ import annotations

from operations.isolation.model import SHARED, Assertion, Level, Report, finding, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="pg-large-objects",
    numbers=(46,),
    claim="No large object of the tenant's database is open to anybody beyond its owner's tenant.",
    kind="database",
    level=Level.CONFIG,
    models=SHARED,
    answers=("database.NEIGHBOURS_ROWS_HIDDEN", "database.NEIGHBOURS_SCHEMAS_CLOSED"),
    control="The catalogue of large objects is read.",
    remedy="`REVOKE ALL ON LARGE OBJECT … FROM` whom it names, as its owner; `lo_compat_privileges` is off.",
)

_OPEN = """
SELECT 'all of them: lo_compat_privileges is on' WHERE current_setting('lo_compat_privileges')::boolean
UNION ALL
SELECT format('%s of %s to %s', l.oid, o.rolname, coalesce(r.rolname, 'everybody'))
FROM pg_largeobject_metadata l JOIN pg_roles o ON o.oid = l.lomowner,
aclexplode(l.lomacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> l.lomowner
AND (r.rolname IS NULL OR split_part(r.rolname::text, '_', 1) <> split_part(o.rolname::text, '_', 1))
ORDER BY 1
"""
"""Roles of one tenant, its members' too, are called like its slug up to the first underscore."""


def check(case: Case) -> Report:
    """Read from the catalogue, with the tenant's own login."""
    a, who = case.a, case.acting
    return Report(
        (trying("the catalogue", lambda: who.sql(a, "SELECT count(*) FROM pg_largeobject_metadata")),),
        (finding("large objects that are open to others", lambda: [str(row[0]) for row in who.sql(a, _OPEN)]),),
    )
