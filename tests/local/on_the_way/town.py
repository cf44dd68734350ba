"""Tenants of every tier and of both forms of a bridge, who stand there while one more comes, changes and goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, LiteralString, cast

import psycopg
from psycopg import conninfo, sql

from engine.local_cloud.home import Home
from engine.local_cloud.servers.postgres import Postgres
from operations import compose, desired
from operations.lifecycle import apply, create, destroy, shared
from operations.lifecycle.shared import Place
from operations.settings import Settings
from stacks.blueprint.model import Blueprint
from stacks.resources.database.spec import DatabaseSpec
from tests.local import tiers
from tests.local.conftest import Desk
from tests.local.on_the_way import halfway, stepping
from tests.local.on_the_way.halfway import Halfway
from tests.local.on_the_way.patrol import Beat, Patrol
from tests.local.on_the_way.stepping import Step


@dataclass(frozen=True, slots=True)
class Form:
    """How far a tenant is apart, by its tier; what its profile says at first, and when it is changed."""

    tier: str
    first: Mapping[str, str] = field(default_factory=dict[str, str])
    changed: Mapping[str, str] = field(default_factory=dict[str, str])


FORMS: Final = {
    "pool": Form("starter", {"size": "small"}, {"size": "medium"}),
    "bridge-database": Form("standard", {"size": "small"}, {"size": "large"}),
    "bridge-schema": Form(tiers.SCHEMAS, {"tier_version": "1"}, {"tier_version": "2"}),
    "silo": Form("enterprise", {"size": "small"}, {"size": "medium", "ingress": "{port: 8080}"}),
}
Meddle = Callable[[Step], None]


def _nobody(_: Step) -> None: ...


class Town:
    """A desk with those who stand there, by form."""

    def __init__(self, desk: Desk, standing: Mapping[str, Sequence[str]]) -> None:
        self.desk, self.standing = desk, standing
        self._settings = Settings(desk.home, "local", desk.profiles)
        tiers.write(desk)
        self.bundle = compose.bundle(self._settings, lambda: False)
        for form, tenants in standing.items():
            for tenant in tenants:
                self.write(tenant, FORMS[form].tier, FORMS[form].first)
                create.create(self.bundle, tenant)
        self._share_a_table()

    def write(self, tenant: str, tier: str, keys: Mapping[str, str]) -> None:
        """The tenant's profile."""
        self.desk.write(tenant, tier=tier, **keys)

    def visitor(self, tenant: str, form: Form, beat: Beat, meddle: Meddle = _nobody) -> Visitor:
        """One who comes; `meddle` is called at each step, before it is looked at."""
        self.write(tenant, form.tier, form.first)
        return Visitor(self, tenant, form, beat, meddle)

    def insert_a_row(self, tenant: str) -> None:
        """As the tenant's workloads, in the table that is shared."""
        record = self.bundle.registry.find("local", tenant)
        assert record is not None
        with self.desk.sql(self.desk.secret(str(record.outputs["databaseSecretArn"].value))) as own:
            own.execute("INSERT INTO orders VALUES (current_user, 1, 'own')")

    def _share_a_table(self) -> None:
        """As the application does it: a migration, the tool's policies, and a row of each."""
        with self.desk.application() as application:
            application.execute("CREATE TABLE app.orders (tenant_id text, id int, what text)")
        shared.apply(self.bundle, Place(), refresh=True)
        for tenant in self.standing["pool"]:
            self.insert_a_row(tenant)


class Visitor:
    """The one who is changed: its life in four runs, with a patrol between their steps."""

    def __init__(self, town: Town, tenant: str, form: Form, beat: Beat, meddle: Meddle) -> None:
        self.town, self.tenant, self._form, self._meddle = town, tenant, form, meddle
        blueprint = self._wanted()
        everyone = [each for tenants in town.standing.values() for each in tenants]
        records = [town.bundle.registry.find("local", each) for each in everyone]
        standing = [halfway.whole(record, age) for age, record in enumerate(records) if record]
        assert len(standing) == len(everyone)
        self.halfway = Halfway(blueprint, halfway.unmade(town.bundle, blueprint), len(standing))
        self.patrol = Patrol(town.bundle, self.halfway, standing, beat)
        self._bundle = stepping.bundle(Settings(town.desk.home, "local", town.desk.profiles), self._look)

    def past_all_rules(self, statement: str) -> None:
        """As the superuser of the server that its database is on; `{}` stands for the database's name."""
        blueprint = self.halfway.blueprint
        spec, home = blueprint.of(DatabaseSpec), Home(self.town.desk.home / "local-cloud")
        server = Postgres(home, f"{blueprint.account}.{blueprint.region}.{spec.identifier}")
        with server.admin() as known:
            way = conninfo.make_conninfo(known.info.dsn, password=known.info.password)
        with psycopg.connect(way, autocommit=True) as connection:
            connection.execute(sql.SQL(cast("LiteralString", statement)).format(sql.Identifier(spec.database)))

    def come(self) -> None:
        """Created; a pool tenant has a row then."""
        create.create(self._bundle, self.tenant)
        if self._form is FORMS["pool"]:
            self.town.insert_a_row(self.tenant)
        self._compare()

    def change(self) -> None:
        """Changed as its form says, and apart as a whole then."""
        self.town.write(self.tenant, self._form.tier, {**self._form.first, **self._form.changed})
        self.halfway.turn(self._wanted())
        apply.apply(self._bundle, self.tenant)
        self.halfway.turn(self._wanted())
        self._compare()
        unproven = self.patrol.look_at_all("settled")
        assert not unproven, "\n".join(map(str, unproven))

    def go(self) -> None:
        """Archived, then purged."""
        destroy.destroy(self._bundle, self.tenant, purge=False)
        destroy.destroy(self._bundle, self.tenant, purge=True)

    def _look(self, step: Step) -> None:
        self._meddle(step)
        self.patrol.look(step)

    def _wanted(self) -> Blueprint:
        return desired.tenant(self.town.bundle, desired.path_of(self.town.bundle, self.tenant)).blueprint

    def _compare(self) -> None:
        """What was said of it on its way is what its stack says."""
        record = self.town.bundle.registry.find("local", self.tenant)
        assert record is not None
        told = halfway.plain(record)
        assert self.halfway.outputs == {name: told[name] for name in told.keys() - halfway.DESCRIPTIVE}
