"""All addresses of the project, with what each view declares."""

from dataclasses import dataclass

from django.urls import URLPattern, get_resolver

from rebond.core.access import PUBLIC, SIGNED_IN, permission_of

# Libraries' own pages under our doors: they act on the signed-in user's own account only.
OWN_ACCOUNT = ("account_", "mfa_", "usersessions_")


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    permission: str | None
    parameters: tuple[str, ...]

    @property
    def is_public(self):
        return self.permission == PUBLIC

    @property
    def is_private(self):
        return self.permission not in {PUBLIC, SIGNED_IN}

    @property
    def is_own_account(self):
        return self.name.startswith(OWN_ACCOUNT)


def addresses():
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns, namespace, prefix):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            parameters = tuple(pattern.pattern.converters) or tuple(
                getattr(getattr(pattern.pattern, "regex", None), "groupindex", {})
            )
            yield Address(
                namespace + (pattern.name or ""),
                prefix + str(pattern.pattern),
                permission_of(pattern.callback),
                tuple(p for p in parameters if p not in pattern.default_args),
            )
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _walk(pattern.url_patterns, namespace + inner, prefix + str(pattern.pattern))
