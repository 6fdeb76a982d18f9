"""What happens because time passed: sessions end, ways in that nobody came back from, and what was kept for long."""

from datetime import UTC, datetime

from services.console.domain.sessions import ABSOLUTE, FORGOTTEN_AFTER, IDLE, SIGN_IN_LASTS, TAKEN_BACK_FOR
from services.console.sql.acts import forget_acts
from services.console.sql.sessions import end_sessions
from services.console.sql.visits import forget_visitors
from services.console.sql.ways import end_ways
from shared.kit.clock import DueWork
from shared.kit.turn import Turn

schedule = DueWork()


@schedule.every(seconds=300)
async def end_old_sessions(turn: Turn) -> int:
    """Forget those that are over, with their tokens. They live in the machine's time, whatever the clock says."""
    now = datetime.now(UTC)
    await end_sessions(turn.conn, started_before=now - ABSOLUTE, seen_before=now - IDLE)
    await end_ways(turn.conn, before=now - SIGN_IN_LASTS)
    await forget_acts(turn.conn, before=now - TAKEN_BACK_FOR)
    await forget_visitors(turn.conn, before=now - FORGOTTEN_AFTER)
    return 0
