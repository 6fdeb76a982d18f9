"""What the kit keeps for a while only: dead letters nobody decided on, and the names of versions that do not stand."""

from shared.kit import dead_letters, superseded
from shared.kit.turn import Turn


async def forget_what_is_old(turn: Turn) -> int:
    """Delete it; how much. Every service's clock does so once an hour."""
    return await dead_letters.expire(turn.conn, turn.now) + await superseded.expire(turn.conn)
