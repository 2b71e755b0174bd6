"""The sentence of a journal entry, made when it is read from its dotted name (house style, rule 26).

A room registers its own when it loads; a name that nobody registered is told by its verb. Placeholders:
`%(actor)s`, `%(subject)s`, `%(organisation)s`, and every key of the entry's data.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebond.journal.models import Entry

_SENTENCES: dict[str, Promise | str] = {}
_MAILS: dict[str, Promise | str] = {}

VERBS: dict[str, Promise] = {
    "accepted": _("%(actor)s accepted %(subject)s"),
    "added": _("%(actor)s added %(subject)s"),
    "admitted": _("%(actor)s admitted %(subject)s"),
    "answered": _("%(actor)s answered about %(subject)s"),
    "appealed": _("%(actor)s appealed against the decision on %(subject)s"),
    "cancelled": _("%(actor)s cancelled %(subject)s"),
    "changed": _("%(actor)s changed %(subject)s"),
    "chosen": _("%(actor)s made choices for %(subject)s"),
    "closed": _("%(actor)s closed %(subject)s"),
    "columns_set": _("%(actor)s matched the columns of %(subject)s"),
    "confirmed": _("%(actor)s confirmed %(subject)s"),
    "created": _("%(actor)s created %(subject)s"),
    "decided": _("%(actor)s decided on %(subject)s"),
    "deleted": _("%(actor)s removed %(subject)s"),
    "document_read": _("%(actor)s opened a document of %(subject)s"),
    "end_announced": _("%(actor)s announced the end of %(subject)s"),
    "end_cancelled": _("%(actor)s cancelled the end of %(subject)s"),
    "ended": _("%(actor)s ended %(subject)s"),
    "failed": _("%(subject)s did not work"),
    "finished": _("%(subject)s is finished"),
    "imported": _("%(actor)s imported %(subject)s"),
    "information_asked": _("%(actor)s asked for more about %(subject)s"),
    "invited": _("%(actor)s invited %(subject)s"),
    "moved": _("%(actor)s moved %(subject)s"),
    "paused": _("%(subject)s is paused"),
    "proved": _("%(actor)s gave the proof of %(subject)s"),
    "published": _("%(actor)s put %(subject)s on sale"),
    "read": _("%(actor)s read %(subject)s"),
    "refused": _("%(actor)s refused %(subject)s"),
    "removed": _("%(actor)s removed %(subject)s"),
    "resent": _("%(actor)s sent %(subject)s again"),
    "restored": _("%(actor)s brought back %(subject)s"),
    "resumed": _("%(actor)s resumed %(subject)s"),
    "review_started": _("%(actor)s began to read %(subject)s"),
    "sent": _("%(actor)s sent %(subject)s"),
    "signed": _("%(actor)s signed %(subject)s"),
    "sold": _("%(subject)s is sold"),
    "started": _("%(actor)s started %(subject)s"),
    "stopped": _("%(actor)s stopped %(subject)s"),
    "submitted": _("%(actor)s sent %(subject)s for review"),
    "suspended": _("%(actor)s suspended %(subject)s"),
    "target_set": _("%(actor)s chose where %(subject)s goes"),
    "tried": _("%(actor)s tried %(subject)s"),
    "undo_started": _("%(actor)s asked to undo %(subject)s"),
    "undone": _("%(subject)s is undone"),
    "uploaded": _("%(actor)s sent the file of %(subject)s"),
    "verified": _("%(actor)s verified %(subject)s"),
    "withdrawn": _("%(actor)s withdrew %(subject)s"),
    "written": _("%(actor)s wrote %(subject)s"),
}
DEFAULT = _("%(actor)s worked on %(subject)s")


def register(sentences: dict[str, Promise | str]) -> None:
    """Add `{"room.noun.verb": sentence}`; raise ValueError where a name already has another sentence."""
    for action, sentence in sentences.items():
        if str(_SENTENCES.get(action, sentence)) != str(sentence):
            raise ValueError(f"the sentence of {action} is registered twice")
        _SENTENCES[action] = sentence


def register_mails(kinds: dict[str, Promise | str]) -> None:
    """Add `{"room.kind": words}`: what the desk calls these kinds of mail and those below them."""
    _MAILS.update(kinds)


def mail_words(kind: str) -> str:
    """The kind of a mail in words: its own, else its family's; its dotted name is never shown."""
    while kind and kind not in _MAILS:
        kind = kind.rpartition(".")[0]
    return str(_MAILS.get(kind, _("Message")))


def is_registered(action: str) -> bool:
    """Whether a room told how to say `action`."""
    return action in _SENTENCES


class _Words(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def sentence(entry: Entry) -> str:
    """The entry in words, in the reader's language. Plain text: the template escapes it."""
    words = _Words(entry.data if isinstance(entry.data, dict) else {})
    words.update(
        actor=entry.actor_label or str(_("Rebond")),
        subject=entry.subject_label or entry.subject_id,
        organisation=entry.organisation_label,
    )
    found = _SENTENCES.get(entry.action) or VERBS.get(entry.action.rsplit(".", 1)[-1], DEFAULT)
    return str(found) % words


register(
    {
        "journal.file.stored": _("%(actor)s added the file %(subject)s"),
        "journal.file.read": _("%(actor)s opened the file %(subject)s"),
        "journal.file.removed": _("%(actor)s took the file %(subject)s away"),
        "journal.mail.resent": _("%(actor)s sent the mail “%(subject)s” again"),
        "journal.mail.bounced": _("The mail “%(subject)s” came back"),
        "journal.address.trusted": _("%(actor)s allowed mail to an address that had sent it back"),
        "journal.task.rerun": _("%(actor)s ran a blocked task again: %(task)s"),
    }
)
register_mails({"journal.trial": _("Trial mail")})
