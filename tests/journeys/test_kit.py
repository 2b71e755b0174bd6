"""Every component of the kit in each of its states, as a browser shows it."""

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_kit_is_sound(desk, sound, settings, width, scheme):
    settings.DEMO = True
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": 900})
    desk.goto("/kit/")
    assert desk.get_by_role("heading", level=1).inner_text() == "Composants"
    sound(desk)
