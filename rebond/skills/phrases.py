"""Sentences of the journal."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAILS: dict[str, Promise | str] = {"skills.award": _("Badge given or taken back")}
SENTENCES: dict[str, Promise | str] = {
    "skills.award.issued": _("%(actor)s gave the badge %(subject)s"),
    "skills.award.revoked": _("%(actor)s took back the badge %(subject)s"),
    "skills.award.shown": _("%(actor)s shows the badge %(subject)s by its address"),
    "skills.award.hidden": _("%(actor)s hides the badge %(subject)s again"),
    "skills.badge.made": _("%(actor)s wrote the badge %(subject)s"),
    "skills.badge.rewritten": _("%(actor)s wrote the badge %(subject)s anew"),
    "skills.badge.closed": _("%(actor)s stopped giving the badge %(subject)s"),
    "skills.key.made": _("A new key signs the badges: %(subject)s"),
}
