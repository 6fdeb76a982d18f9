"""Schemathesis on every route of the services: whatever is sent, the answer is one that the document promises."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from shared.web.roles import Role
from tests.access.worlds import World

pytestmark = pytest.mark.db


@pytest.mark.timeout(300)
async def test_every_answer_is_as_the_document_says(world: World, record_property):
    from tests.access.fuzzing import EXAMPLES, send, try_everything

    loop, seen = asyncio.get_running_loop(), Counter[str]()
    headers = world.browser.headers(*Role)

    def call(case: Any, is_known: bool) -> httpx.Response:
        if is_known:
            case.path_parameters.update({k: v for k, v in world.mine.items() if k in case.path_parameters})
        sending = send(world.browser.client, case, headers)
        answer = asyncio.run_coroutine_threadsafe(sending, loop).result(60)
        seen[f"{answer.status_code // 100}xx"] += 1
        return answer

    failures = await asyncio.to_thread(try_everything, world.document, call)

    assert not failures, "\n\n".join(failures)
    assert seen.total() >= len(world.routes("GET", "PUT")) * EXAMPLES
    assert set(seen) >= {"2xx", "4xx"}
    assert "5xx" not in seen
    record_property(f"schemathesis, {world.service.name}", f"{seen.total()} cases, {dict(sorted(seen.items()))}")
