"""What happens because time passed: a wait becomes late, an interview is counted, a round is told."""

from services.insights.sql.rounds import find_due_rounds, put_off_rounds
from shared.kit.clock import AT_ONCE, DueWork
from shared.kit.turn import Turn

schedule = DueWork()


@schedule.every(seconds=30, once_read=True, find_due=find_due_rounds)
async def note_due_rounds(turn: Turn) -> int:
    """These jobs are summed up anew, beside whatever else waits."""
    due = await find_due_rounds(turn.conn, turn.now, AT_ONCE)
    await turn.remember_jobs(due)
    await put_off_rounds(turn.conn, due)
    return len(due)
