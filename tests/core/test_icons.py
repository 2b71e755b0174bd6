import lucide
import pytest

from rebond.core.icons import render_icon

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", ["heart", "chevron-down", "languages", "accessibility", "arrow-down-0-1"])
def test_a_pictogram_is_written_as_the_library_writes_it(name):
    given = {"class": "icon", "aria_hidden": "true", "stroke_width": "2"}

    assert render_icon(name, **given) == lucide._render_icon(name, None, **given)


@pytest.mark.parametrize("name", ["", "no-such-thing", "../heart", "heart.svg"])
def test_an_unknown_pictogram_is_refused(name):
    with pytest.raises(lucide.IconDoesNotExist):
        render_icon(name)
