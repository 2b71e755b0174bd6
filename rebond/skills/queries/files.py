"""The files of an award: what the person takes along, and what others verify."""

from dataclasses import dataclass

from rebond.skills.addresses import method_address
from rebond.skills.credentials.baking import bake_png, bake_svg
from rebond.skills.credentials.strict import read_object
from rebond.skills.credentials.tokens import make_token
from rebond.skills.models import Award
from rebond.skills.pictures import png_of, svg_of
from rebond.skills.queries.documents import active_key

FORMS = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "json": "application/vc+ld+json",
    "jeton": "application/vc+jwt",
}


@dataclass(frozen=True, slots=True)
class BadgeFile:
    name: str
    content_type: str
    data: bytes


def file_of(award: Award, form: str) -> BadgeFile | None:
    """The badge as one of FORMS; None for another form, or where no key of the organisation signs a token."""
    if form not in FORMS:
        return None
    badge = award.badge
    look = {"name": badge.name, "tint": badge.tint, "sign": badge.sign}
    if form == "png":
        data = bake_png(png_of(**look), award.credential)
    elif form == "svg":
        data = bake_svg(svg_of(**look), award.credential).encode()
    elif form == "json":
        data = award.credential.encode()
    else:
        token = _token(award)
        if token is None:
            return None
        data = token.encode()
    ending = "jwt" if form == "jeton" else form
    return BadgeFile(f"badge-{award.public_id}.{ending}", FORMS[form], data)


def _token(award: Award) -> str | None:
    """Signed when it is asked, by the key of today: a token says no more than the credential."""
    key = active_key(award.organisation)
    if key is None or key.private is None:
        return None
    method = method_address(award.organisation, key.multikey)
    return make_token(read_object(award.credential), private=key.private, method=method)
