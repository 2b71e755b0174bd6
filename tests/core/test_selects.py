import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from rebond.core.forms import Renderer

pytestmark = pytest.mark.unit

CHOICES = [
    ("", "<All> & none"),
    ("Group 'one'", [("a", "Été"), ('b"<', mark_safe("<b>ready</b>"))]),
    (3, "Three"),
    (mark_safe("x&amp;y"), "Ready value"),
]


@pytest.mark.parametrize("value", ["", "a", "3", ["a", 3], None])
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple])
@pytest.mark.parametrize("attrs", [{}, {"class": "input", "required": True, "disabled": False, "data-x": "\"<'"}])
def test_a_list_of_choices_is_the_same_as_djangos(widget, value, attrs):
    made = widget(attrs=attrs, choices=CHOICES)

    assert made.render("n<", value, renderer=Renderer()) == made.render("n<", value, renderer=DjangoTemplates())


def test_a_widget_with_options_of_its_own_keeps_its_template():
    class Own(forms.Select):
        option_template_name = "django/forms/widgets/checkbox_option.html"

    made = Own(choices=CHOICES)

    assert made.render("n", "a", renderer=Renderer()) == made.render("n", "a", renderer=DjangoTemplates())
