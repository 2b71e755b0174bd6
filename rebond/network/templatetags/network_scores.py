"""Figures of the network's pages: `{% score_bar 2 %}`, `{{ 1250|percent }}`."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from rebond.network.queries.criteria import TOP

register = template.Library()


@register.filter
def percent(basis_points: int) -> str:
    """`{{ 1250|percent }}` → `12,5 %`."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",") + "\u00a0%"


@register.simple_tag
def score_bar(score: Any) -> SafeString:
    """Three small blocks; a dash where there is no score."""
    if score in {None, ""}:
        return format_html('<span class="soft" aria-label="{}">–</span>', _("not scored"))
    blocks = format_html_join(
        "", "<i{}></i>", ((mark_safe(' class="on"') if n < int(score) else "",) for n in range(TOP))
    )
    said = _("%(score)s out of 3") % {"score": score}
    return format_html('<span class="steps4 steps4--s" role="img" aria-label="{}">{}</span>', said, blocks)
