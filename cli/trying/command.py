"""`talentloop platform try`: say a round of interviews to the stack on this machine, and show what comes of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console

from cli import where
from cli.errors import UserMistake
from cli.progress import telling
from cli.showing import AsJson
from cli.trying.playing import PlayedRound, RoundOutcome, play, wait_until_started
from cli.trying.screen import as_json, lines
from local.claims import is_running
from local.stack import home_folder


def try_out(json_: AsJson = False) -> None:
    """Say a round of 30 facts to the stack on this machine as a platform would, and show what becomes of each person.

    Four candidates, two jobs, one record with a mistake: who is pooled, who is
    proposed, which letters are written and where to read them, what is refused.

    It goes to the Kafka of TALENTLOOP_HOME and to no other, whatever the
    environment says, for an organisation of its own; every address in it ends
    in .example, and the stack's mail server keeps all mail in a folder. Said
    again within the hour it is the same events: nothing changes, and nobody
    gets a letter twice. After that it is a new organisation.

    Exit 0: everything came; 1: something did not; 2: no stack is running; 3:
    a server does not answer.
    """
    home = home_folder()
    if not is_running(home):
        raise UserMistake(f"No stack is running in {home}. Start one, then say this again: `talentloop up --detach`")
    outcome = where.run(_play(home))
    if json_:
        print(json.dumps(as_json(outcome)))
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in lines(outcome):
        console.print(line)


async def _play(home: Path) -> RoundOutcome:
    async with httpx.AsyncClient(timeout=5) as web:
        with telling(f"A platform says a round of interviews to the stack in {home}") as tell:
            await wait_until_started(home, tell)
            return await play(PlayedRound(home, web, tell, datetime.now(UTC)))
