"""Every kind of letter as a mail program shows it: narrow and wide, light and dark."""

from email import message_from_bytes
from email.policy import default

import pytest

from cli.letters import mail_of
from services.notifications.domain.letters import Variant
from shared.web.translation import LANGUAGES
from tests.screens import NARROW, WIDE, Screen


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_letter_can_be_read_by_everyone_on_every_screen(language, screens):
    wanted = [Screen(width, dark=dark, language=language) for width in (NARROW, WIDE) for dark in (False, True)]
    async with screens() as browser:
        for screen in wanted:
            async with browser.at("about:blank", screen) as page:
                for variant in Variant:
                    mail = message_from_bytes(mail_of(variant, language), policy=default)
                    await page.set_content(mail.get_body(("html",)).get_content())
                    if screen.width == NARROW and (language == "en" or not screen.dark):  # colours speak no language
                        await browser.look(page, f"mail-{variant}", screen, is_mail=True)
                    else:
                        await browser.keep(page, f"mail-{variant}", screen)


async def test_a_colour_that_nobody_reads_by_night_is_found(screens):
    """Else what is looked at again by night would say nothing."""
    async with screens() as browser, browser.at("about:blank", Screen()) as page:
        await page.set_content(
            "<html lang=en><title>Night</title><style>@media (prefers-color-scheme: dark) { body { background: #222 } }"
            "</style><main><h1>By day alone</h1></main>"
        )
        await browser.look(page, "night", Screen())
        await page.emulate_media(color_scheme="dark")

        with pytest.raises(AssertionError, match="color-contrast"):
            await browser.look(page, "night", Screen(dark=True))
