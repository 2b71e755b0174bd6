import datetime

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format, localize

pytestmark = pytest.mark.unit
FIRST, ELEVENTH = datetime.date(2026, 2, 1), datetime.date(2026, 2, 11)


@pytest.mark.parametrize(
    ("language", "day", "form", "said"),
    [
        ("fr", FIRST, "j F Y", "1er février 2026"),
        ("fr", FIRST, "l j F", "dimanche 1er février"),
        ("fr", ELEVENTH, "j F Y", "11 février 2026"),
        ("fr", FIRST, "d/m/Y", "01/02/2026"),
        ("en", FIRST, "j F Y", "1 February 2026"),
        ("en", FIRST, "jS F", "1st February"),
    ],
)
def test_the_first_of_a_month_is_said_as_french_says_it(language, day, form, said):
    with translation.override(language):
        assert date_format(day, form) == said
        assert Template("{{ day|date:form }}").render(Context({"day": day, "form": form})) == said


def test_dates_that_django_writes_by_itself_follow():
    moment = datetime.datetime(2026, 2, 1, 9, 5, tzinfo=datetime.UTC)
    with translation.override("fr"):
        assert localize(FIRST) == "1er février 2026"
        assert date_format(moment, "j F, G \\h i") == "1er février, 9 h 05"
