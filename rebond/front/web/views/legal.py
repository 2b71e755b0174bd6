"""Pages of words: one document a language, the French one makes law."""

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rebond.core.access import public
from rebond.core.pagecache import cached_page
from rebond.core.seo import Seo
from rebond.core.web import page
from rebond.front.queries.home import home
from rebond.front.queries.operator import operator_facts
from rebond.shop.queries.terms import current_terms

TITLES: dict[str, Promise] = {
    "how": _("How it works"),
    "terms": _("Terms of sale and of use"),
    "privacy": _("Your data"),
    "accessibility": _("Accessibility statement"),
    "imprint": _("Legal notice"),
    "impact": _("Where our figures come from"),
}


@public
@require_safe
@cached_page
def page_of(request: HttpRequest, name: str) -> HttpResponse:
    language = "en" if get_language() == "en" else "fr"
    title = str(TITLES[name])
    context = {
        "document": f"front/legal/{name}.{language}.html",
        "home": home() if name == "impact" else None,
        "operator": operator_facts() if name == "imprint" else None,
        "own_terms": current_terms().get(0) if name == "terms" else None,
        "crumbs": [(title, "")],
        "seo": Seo(title=title, path=request.path),
    }
    return page(request, "front/legal.html", context)
