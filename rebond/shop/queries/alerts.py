"""What an alert looks for, its words, and the signed links of its mails."""

import hashlib
import json
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from rebond.catalogue.models import Item
from rebond.core.seo import absolute
from rebond.shop.enums import AlertKind
from rebond.shop.links import is_ours, token_for
from rebond.shop.models import Alert
from rebond.shop.queries.labels import quoted, value_label
from rebond.shop.queries.params import Params, read_params
from rebond.shop.queries.results import context_node

SALT = "rebond.shop.alert"


def params_of(pairs: list[Any]) -> Params:
    """The search that kept address parameters ask for."""
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(str(name), str(value))
    return read_params(data)


def digest_of(kind: str, pairs: list[tuple[str, str]], item_id: int | None = None) -> str:
    """The same search gives the same digest, whatever the order of its parameters."""
    text = json.dumps([kind, sorted(pairs), item_id], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def label_of(params: Params) -> str:
    """How a kept search reads: its words in quotation marks, then its filters; 200 characters at most."""
    node = context_node(params)
    parts = [quoted(params.text)] if params.text else []
    parts += [value_label(key, value, node) for key, values in params.filters.items() for value in values]
    if params.price_min is not None:
        parts.append(_("from %(price)s €") % {"price": params.price_min // 100})
    if params.price_max is not None:
        parts.append(_("up to %(price)s €") % {"price": params.price_max // 100})
    return (", ".join(parts) or _("All new objects"))[:200]


def item_label(kind: str, item: Item | None) -> str:
    """How an alert that starts from an item reads."""
    text = _("“%(title)s”, once it is free") if kind == AlertKind.FREED else _("Like “%(title)s”")
    return text % {"title": item.title if item else ""}


def alert_path(alert: Alert) -> str:
    """Where the results of an alert are seen now."""
    if alert.kind != AlertKind.SEARCH and alert.item is not None:
        return f"/o/{alert.item.code}"
    return params_of(alert.query).url(sort="newest")


def token_of(alert: Alert) -> str:
    """What proves that a link came from a mail of ours to this address."""
    return token_for(SALT, alert.public_id)


def find_alert(public_id: str, token: str) -> Alert | None:
    """The alert of a signed link; None for a wrong token."""
    if not is_ours(SALT, public_id, token):
        return None
    return Alert.objects.filter(public_id=public_id).select_related("item").first()


def link(alert: Alert, name: str) -> str:
    """The full signed address of `shop:<name>` for this alert."""
    return absolute(reverse(f"shop:{name}", args=[alert.public_id, token_of(alert)]))
