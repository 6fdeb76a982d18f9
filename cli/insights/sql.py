"""Who reads the published figures: roles of the server, one organisation each. As the owner of the schema."""

from cli.insights.export import ToldRound
from shared.contracts import RoundSummedUp
from shared.kit.db import Connection

_GRANTS = (
    "GRANT CONNECT ON DATABASE %2$I TO %1$I",
    "GRANT USAGE ON SCHEMA published TO %1$I",
    "GRANT SELECT ON ALL TABLES IN SCHEMA published TO %1$I",
)
_REVOKES = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA published FROM %1$I",
    "REVOKE ALL ON SCHEMA published FROM %1$I",
    "REVOKE CONNECT ON DATABASE %2$I FROM %1$I",
)


async def is_plain_role(conn: Connection, role: str) -> bool:
    """A role that may sign in, and neither sees past policies nor owns or fills a service's database."""
    return bool(
        await conn.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM pg_roles r
                WHERE r.rolname = $1 AND r.rolcanlogin AND NOT r.rolsuper AND NOT r.rolbypassrls
                  AND NOT pg_has_role(r.oid, (SELECT oid FROM pg_roles WHERE rolname = current_user), 'MEMBER')
                  AND NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
                                  AND c.relname = 'facts' AND has_table_privilege(r.oid, c.oid, 'SELECT')))
            """,
            role,
        )
    )


async def let_read(conn: Connection, role: str, organization: str) -> None:
    """This organisation's figures, and no other's."""
    await conn.execute(
        """
        INSERT INTO published_to (role, organization) VALUES ($1, $2)
        ON CONFLICT (role) DO UPDATE SET organization = excluded.organization
        """,
        role,
        organization,
    )
    await _for_each(conn, _GRANTS, role)


async def count_rounds(conn: Connection, organization: str) -> int:
    """How many rounds there are to read."""
    counted: int = await conn.fetchval(
        "SELECT count(*) FROM facts WHERE organization = $1 AND topic = 'round-summed-up'", organization
    )
    return counted


async def stop_reading(conn: Connection, role: str) -> bool:
    """Nothing any more; whether it read anything."""
    if not await conn.fetchval("DELETE FROM published_to WHERE role = $1 RETURNING true", role):
        return False
    await _for_each(conn, _REVOKES, role)
    return True


async def load_readers(conn: Connection) -> list[tuple[str, str]]:
    """(role, organisation)."""
    rows = await conn.fetch("SELECT role, organization FROM published_to ORDER BY role")
    return [(role, organization) for role, organization in rows]


async def load_told(conn: Connection, organization: str | None) -> list[ToldRound]:
    """Every round as it was told last, of everybody or of one organisation."""
    rows = await conn.fetch(
        """
        SELECT organization, body AS told FROM facts
        WHERE topic = 'round-summed-up' AND ($1::text IS NULL OR organization = $1) ORDER BY organization, fact
        """,
        organization,
    )
    return [ToldRound(organization, RoundSummedUp.model_validate_json(told)) for organization, told in rows]


async def _for_each(conn: Connection, statements: tuple[str, ...], role: str) -> None:
    for statement in statements:
        made = await conn.fetchval("SELECT format($1, $2::text, current_database())", statement, role)
        await conn.execute(made)
