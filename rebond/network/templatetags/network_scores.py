"""`{% score_bar 2 %}`: a committee member's score from 0 to 3, in marks and in words."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from rebond.network.queries.criteria import TOP

register = template.Library()


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
