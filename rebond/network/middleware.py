"""The organisation that the user acts for, and what they may do there (lazy: public pages ask nothing)."""

from collections.abc import Callable
from functools import cached_property

from django.http import HttpRequest, HttpResponse

from rebond.core.permissions import roles_of
from rebond.core.prepared import Prepared
from rebond.network.models import Membership, Organisation

SESSION_KEY = "organisation"
_MEMBERSHIPS = Prepared(  # asked by every page of somebody signed in
    lambda user: (
        Membership.objects.filter(user_id=user, ended_at__isnull=True)
        .select_related("organisation")
        .order_by("organisation__name", "role")
    ),
    mark=-1,
)


class Access:
    """Memberships of the request's user, the current organisation, and the rights in it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def memberships(self) -> list[Membership]:
        user = self._request.user
        if not user.is_authenticated:
            return []
        return _MEMBERSHIPS.run(user.pk)

    @cached_property
    def organisations(self) -> list[Organisation]:
        return list({m.organisation_id: m.organisation for m in self.memberships}.values())

    @cached_property
    def organisation(self) -> Organisation | None:
        if not self.organisations:
            return None
        chosen = self._request.session.get(SESSION_KEY)
        return next((o for o in self.organisations if o.public_id == chosen), self.organisations[0])

    @cached_property
    def roles(self) -> frozenset[str]:
        organisation = self.organisation
        if organisation is None:
            return frozenset()
        return frozenset(m.role for m in self.memberships if m.organisation_id == organisation.pk)

    def can(self, permission: str) -> bool:
        """Whether one of the user's roles in the current organisation holds `permission`."""
        return bool(roles_of(permission) & self.roles)


class OrganisationMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.access = Access(request)  # type: ignore[attr-defined]
        return self.get_response(request)
