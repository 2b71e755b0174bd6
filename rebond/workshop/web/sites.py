"""Which site a page of the supervisor's desk is about."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from rebond.network.models import Site


@dataclass(frozen=True, slots=True)
class Sites:
    """The chosen site (None: the organisation has none) among those of the organisation acted for."""

    site: Site | None
    all: list[Site]

    @property
    def key(self) -> str:
        """What the addresses of the page carry."""
        return self.site.public_id if self.site is not None else ""

    @property
    def required(self) -> Site:
        """Raise Http404 without a site."""
        if self.site is None:
            raise Http404
        return self.site


def sites_of(request: HttpRequest) -> Sites:
    """By `?site=`, else the main one. Raise Http404 for another organisation's, or for nobody's."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = list(organisation.sites.select_related("organisation").order_by("-is_main", "name", "pk"))
    asked = request.GET.get("site") or request.POST.get("site")
    if not asked:
        return Sites(rows[0] if rows else None, rows)
    found = next((site for site in rows if site.public_id == asked), None)
    if found is None:
        raise Http404
    return Sites(found, rows)
