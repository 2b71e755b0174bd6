"""What both databases refuse in the shop: published terms stay as the buyers accepted them (rules.md F1, L111-5)."""

from typing import Any

from rebond.core.db import Guard, install_where_tables_are

GUARDS = [
    Guard(f"shop_terms_no_{event.lower()}", "shop_termsversion", event, "shop: published terms stay as they are")
    for event in ("UPDATE", "DELETE")
]


def install_guards(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: the guards are there whatever the migration did to the tables."""
    install_where_tables_are(GUARDS, using=using)
