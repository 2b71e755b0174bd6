"""Pictures of items in templates. They lie in a `.pic`, which gives the shape and the tint."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from rebond.core.images import markup

register = template.Library()
GALLERY_SIZES = "(width >= 62rem) 36rem, 92vw"


@register.simple_tag
def card_photo(item: Any, eager: bool = False) -> SafeString:  # noqa: FBT001, FBT002 -- a tag's option
    """`<span class="pic">{% card_photo item %}</span>`: from the item's own copies, no query.

    `item` is anything with `cover`, `cover_color` and `cover_placeholder`.
    """
    return mark_safe(markup.card_picture(item.cover, item.cover_color, item.cover_placeholder, eager=eager))


@register.simple_tag
def thumb_photo(item: Any) -> SafeString:
    """`<span class="pic thumb">{% thumb_photo item %}</span>`: the small square of lists at the desk."""
    return mark_safe(markup.thumb_picture(item.cover, item.cover_color))


@register.simple_tag
def photo_thumb(photo: Any) -> SafeString:
    """The small square of one Photo (its asset is read: select it with the photos)."""
    return mark_safe(markup.thumb_picture(photo.asset.sha256, photo.asset.color))


@register.simple_tag
def photo(photo: Any, sizes: str = GALLERY_SIZES, alt: str = "", eager: bool = False) -> SafeString:  # noqa: FBT001, FBT002 -- a tag's option
    """`{% photo photo sizes="92vw" %}`: one Photo in all its widths; `alt` only where the photo has none."""
    asset = photo.asset
    return mark_safe(
        markup.photo_picture(
            asset.sha256,
            asset.color,
            asset.placeholder,
            size=(asset.width, asset.height),
            alt=photo.alt or alt,
            sizes=sizes,
            eager=eager,
        )
    )


@register.simple_tag
def photo_url(sha256: str, width: int = 720, fmt: str = "jpg") -> str:
    """`{% photo_url item.cover %}`: the address of one rendition (previews of links, zoom without JavaScript)."""
    return markup.picture_url(sha256, width, fmt)
