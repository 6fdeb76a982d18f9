"""Many values as one parameter."""

import pytest

from shared.kit.columns import joined
from shared.kit.db import EVERYONE

pytestmark = pytest.mark.db


@pytest.mark.parametrize("column", [[""], ["a", "b\x1fc"], []])
def test_values_that_would_move_to_other_rows_are_refused(column):
    with pytest.raises(ValueError, match="separator"):
        joined(column)


async def test_joined_values_come_apart_as_they_were(stage):
    values = ["a", None, "'{ü}\"", "\\x"]
    async with stage.database.transaction(EVERYONE) as conn:
        found = await conn.fetchval("SELECT string_to_array($1, chr(31), chr(30))", joined(values))

    assert found == values
