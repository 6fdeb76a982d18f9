"""The feedback form in a browser: narrow and wide, in four languages, with and without script."""

import pytest

from shared.lint import ADVICE, Code
from shared.web.translation import LANGUAGES
from tests.interviews.test_form import form, link  # noqa: F401 - a fixture
from tests.interviews.test_form_lint import WRITTEN
from tests.screens import WIDE, Screen

pytestmark = pytest.mark.db


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everyone_can_send_it_in_their_language_without_script(form, stage, language, screens):  # noqa: F811
    await form.put("/organization", {"name": "Halden", "language": language}, "admin")
    plain, wide = Screen(script=False, language=language), Screen(WIDE, dark=True, language=language)
    async with screens(localhost=form.client) as chromium:
        await chromium.show(link(), "feedback", wide)
        async with chromium.at(link(), plain) as page:
            await page.fill("#observed-1", "Wrote loops.")
            await page.locator("main button").click()
            await chromium.look(page, "feedback-mistakes", plain)
            assert await page.input_value("#observed-1") == "Wrote loops."
            await page.fill("#suggestion-1", "Read about comprehensions.")
            await page.fill("#strength-0", WRITTEN)
            await page.locator("[value=yes]").check()
            await page.locator("main button").click()
            await chromium.look(page, "feedback-advised", plain)
            assert ADVICE[language][Code.CULTURE_FIT] in await page.inner_text("#strength-0-advice")
            assert await stage.said("feedback-submitted") == []
            await page.locator("main button").click()
            await chromium.look(page, "feedback-sent", plain)
    assert len(await stage.said("feedback-submitted")) == 1


async def test_with_script_the_advice_appears_while_typing(form, screens):  # noqa: F811
    screen = Screen()
    async with screens(localhost=form.client) as chromium, chromium.at(link(), screen) as page:
        await page.fill("#strength-0", WRITTEN)
        await page.wait_for_selector("#strength-0-advice:not([hidden]) p")
        await chromium.look(page, "feedback-while-typing", screen)
        advised = await page.inner_text("#strength-0-advice")
        await page.fill("#strength-0", "You joined three tables.")
        await page.wait_for_selector("#strength-0-advice", state="hidden")

    assert "“culture fit”" in advised
