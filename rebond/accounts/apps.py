from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "rebond.accounts"

    def ready(self) -> None:
        from rebond.accounts import receivers, tasks  # noqa: F401, PLC0415 -- models are ready only now
        from rebond.core import periodic  # noqa: PLC0415 -- as above
        from rebond.core.account_menu import AccountEntry, add_account_entry  # noqa: PLC0415 -- as above
        from rebond.journal.sentences import register, register_mails  # noqa: PLC0415 -- as above

        add_account_entry(AccountEntry(10, _("My account"), "user-round", "accounts:home"))
        add_account_entry(AccountEntry(80, _("Safety"), "shield-check", "mfa_index"))
        add_account_entry(AccountEntry(90, _("My devices"), "monitor-smartphone", "usersessions_list"))
        periodic.register(
            "accounts.erase-idle",
            every=timedelta(days=1),
            task=tasks.erase_idle,
            label=_("Erase accounts without a visit for 3 years"),
        )
        register_mails({"account": _("Sign-in and account"), "mfa": _("Sign-in and account")})
        register(
            {
                "accounts.user.created": _("%(actor)s created the account of %(subject)s"),
                "accounts.user.signed_up": _("%(subject)s created an account"),
                "accounts.profile.changed": _("%(actor)s changed the profile of %(subject)s"),
                "accounts.sessions.ended": _("%(actor)s signed %(subject)s out everywhere"),
                "accounts.password.changed": _("%(subject)s changed their password"),
                "accounts.password.reset": _("%(subject)s chose a new password by mail"),
                "accounts.email.changed": _("%(subject)s changed their e-mail address"),
                "accounts.key.added": _("%(subject)s added a way to sign in"),
                "accounts.key.removed": _("%(subject)s removed a way to sign in"),
                "accounts.codes.renewed": _("%(subject)s asked for new recovery codes"),
            }
        )
