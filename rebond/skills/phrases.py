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
    "skills.level.observed": _("%(actor)s observed a skill: %(subject)s"),
    "skills.level.self": _("%(actor)s said where they stand: %(subject)s"),
    "skills.level.agrees": _("%(actor)s agrees to a level: %(subject)s"),
    "skills.level.contests": _("%(actor)s does not agree to a level: %(subject)s"),
    "skills.level.comments": _("%(actor)s adds a word to a level: %(subject)s"),
    "skills.card.hidden": _("%(actor)s keeps a skill to themself"),
    "skills.card.shown": _("%(actor)s shows a skill again"),
    "skills.key.made": _("A new key signs the badges: %(subject)s"),
}
