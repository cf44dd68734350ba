"""Who reads reference tables, now and by default, is written in their lists: one group, and nothing but reading."""

from __future__ import annotations

from operations.isolation import reference
from operations.isolation.model import SHARED, Assertion, Level, Report, finding, there, trying
from operations.isolation.ports import Case
from stacks.blueprint import data

ASSERTION = Assertion(
    id="shared-reference-grants",
    numbers=(41, 45),
    claim="Reference tables are open to their readers alone, to be read, and no function there has its owner's rights.",
    kind="database",
    level=Level.CONFIG,
    models=SHARED,
    answers=("database.OTHER_REFERENCE_TABLES_CLOSED", "database.REFERENCE_TABLES_READ_ONLY"),
    control="The catalogue is read, and the tenant is among the readers of what it is given.",
    remedy="`tenant shared apply --refresh` takes it from the readers; what others were granted is revoked by hand.",
)

applies = reference.in_shared

_GRANTED = f"""
SELECT found.schema, what, kind, coalesce(r.rolname, 'PUBLIC'),
    string_agg(a.privilege_type, ',' ORDER BY a.privilege_type)
FROM (
    SELECT n.nspname AS schema, n.nspname::text AS what, 'schema' AS kind, n.nspowner AS owner, n.nspacl AS acl
        FROM pg_namespace n WHERE {reference.SCHEMAS}
    UNION ALL SELECT n.nspname, c.relname, 'table', c.relowner, c.relacl
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {reference.SCHEMAS}
    UNION ALL SELECT n.nspname, format('%s.%s', c.relname, t.attname), 'column', c.relowner, t.attacl
        FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {reference.SCHEMAS}
    UNION ALL SELECT n.nspname, 'new ' || d.defaclobjtype::text, 'default', d.defaclrole, d.defaclacl
        FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace WHERE {reference.SCHEMAS}
) found, aclexplode(found.acl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> found.owner GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_RUN = f"""
SELECT format('%I.%I', n.nspname, p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE {reference.SCHEMAS} AND p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1
"""
_READS = "SELECT pg_has_role('{role}', 'USAGE')"
_RIGHTS = {"schema": "USAGE", "table": "SELECT", "default": "SELECT"}


def check(case: Case) -> Report:
    """Read from the catalogue, with the tenant's own login; what the application may is not looked at."""
    a, who = case.a, case.acting

    def others() -> list[str]:
        return [
            f"{schema}: {what} to {role}: {granted}"
            for schema, what, kind, role, granted in who.sql(a, _GRANTED)
            if (role, granted) != (data.readers(schema), _RIGHTS.get(kind))
        ]

    return Report(
        (
            trying("the catalogue", lambda: who.sql(a, "SELECT count(*) FROM pg_namespace")),
            *(
                there(f"reader of {schema}", lambda s=schema: who.sql(a, _reads(s))[0][0] is True)
                for schema in reference.given(a)
            ),
        ),
        (
            finding("others who are let in, or more", others),
            finding("functions with their owner's rights", lambda: [str(row[0]) for row in who.sql(a, _RUN)]),
        ),
    )


def _reads(schema: str) -> str:
    return _READS.format(role=data.readers(schema))
