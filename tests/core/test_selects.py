import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

from rebond.core.forms import Renderer
from rebond.core.selects import KEPT, KeptSelect, kept_choices

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


def kept(choices, version):
    class Asked(forms.Form):
        part = forms.ChoiceField(choices=choices, widget=KeptSelect(version=version))

    return Asked


def test_a_kept_list_is_drawn_again_for_another_value_language_or_version():
    made = []
    now = [object()]

    @kept_choices(lambda: now[0])
    def choices():
        made.append(1)
        return [("a", gettext("Home")), ("b", f"<{len(made)}>")]

    form = kept(choices, lambda: now[0])
    with translation.override("en"):
        first = form({"part": "b"})["part"].as_widget()
        assert form({"part": "b"})["part"].as_widget() == first
        assert 'value="b" selected>&lt;1&gt;' in first
        assert 'value="a" selected>Home' in form({"part": "a"})["part"].as_widget()
        assert 'class="x"' in form({"part": "b"})["part"].as_widget(attrs={"class": "x"})
        assert made == [1]
    with translation.override("fr"):
        assert "Accueil" in form({"part": "b"})["part"].as_widget()
    now[0] = object()
    with translation.override("en"):
        assert "&lt;3&gt;" in form({"part": "b"})["part"].as_widget()
    assert form({"part": "c"}).errors


def test_a_kept_list_does_not_grow_with_what_visitors_ask():
    widget = KeptSelect(choices=[("a", "A")])
    for number in range(KEPT + 50):
        widget.render("part", f"asked-{number}", renderer=Renderer())

    assert len(widget.kept) <= KEPT
