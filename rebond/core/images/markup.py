"""HTML of pictures, by plain string building: a results page writes 24 of these (ui.md, `.pic`).

Everything printed is escaped, or is a number of ours. The blur-up picture and the colour are custom properties,
which the content security policy allows (settled point "CSP"); `img-src` allows the `data:` address.
"""

from django.conf import settings

from rebond.core.escaping import escape
from rebond.core.images import WIDTHS

CARD_SIZES = "(width >= 62rem) 230px, 46vw"
NONE = '<picture class="photo"></picture>'


def picture_url(sha256: str, width: int, fmt: str) -> str:
    """The public address of a rendition; `jpg` exists at 480 and 720."""
    name = escape(sha256)
    return f"{settings.MEDIA_URL}{name[:2]}/{name[2:4]}/{name}-{width}.{fmt}"


def card_picture(sha256: str, color: str, placeholder: str, *, eager: bool = False) -> str:
    """The `<picture>` of a card, from the copies that the item holds: no query, some microseconds.

    The text beside it says what it shows, so `alt` is empty. `eager` is for the first row: not lazy.
    """
    if not sha256:
        return NONE
    name = escape(sha256)
    base = f"{settings.MEDIA_URL}{name[:2]}/{name[2:4]}/{name}"
    return (
        f'<picture class="photo" style="--tint:{escape(color)};--ph:url({escape(placeholder)})">'
        f'<source type="image/avif" srcset="{base}-360.avif 360w,{base}-480.avif 480w,{base}-720.avif 720w" '
        f'sizes="{CARD_SIZES}">'
        f'<source type="image/webp" srcset="{base}-360.webp 360w,{base}-480.webp 480w,{base}-720.webp 720w" '
        f'sizes="{CARD_SIZES}">'
        f'<img src="{base}-480.jpg" alt="" width="480" height="576" {_when(eager=eager)} decoding="async"></picture>'
    )


def thumb_picture(sha256: str, color: str) -> str:
    """The `<picture>` of a small square (56 to 84 px): one width serves them all."""
    if not sha256:
        return NONE
    name = escape(sha256)
    base = f"{settings.MEDIA_URL}{name[:2]}/{name[2:4]}/{name}"
    return (
        f'<picture class="photo" style="--tint:{escape(color)}"><source type="image/avif" srcset="{base}-160.avif">'
        f'<img src="{base}-160.webp" alt="" width="160" height="160" loading="lazy" decoding="async"></picture>'
    )


def photo_picture(
    sha256: str,
    color: str,
    placeholder: str,
    *,
    size: tuple[int, int],
    alt: str,
    sizes: str,
    eager: bool = False,
) -> str:
    """The `<picture>` of one photo in all its widths; `size` is the original's, in pixels."""
    name = escape(sha256)
    base = f"{settings.MEDIA_URL}{name[:2]}/{name[2:4]}/{name}"
    widths = [w for w in WIDTHS if w < size[0]]
    widths += [w for w in WIDTHS if w >= size[0]][:1]
    sources = "".join(
        f'<source type="image/{fmt}" srcset="{",".join(f"{base}-{w}.{fmt} {min(w, size[0])}w" for w in widths)}" '
        f'sizes="{escape(sizes)}">'
        for fmt in ("avif", "webp")
    )
    width = min(720, size[0])
    height = max(1, round(size[1] * width / size[0]))
    return (
        f'<picture class="photo" style="--tint:{escape(color)};--ph:url({escape(placeholder)})">{sources}'
        f'<img src="{base}-720.jpg" alt="{escape(alt)}" width="{width}" height="{height}" {_when(eager=eager)} '
        'decoding="async"></picture>'
    )


def _when(*, eager: bool) -> str:
    return 'fetchpriority="high"' if eager else 'loading="lazy"'
