from rebond.journal.models.entry import Entry, Transition
from rebond.journal.models.file import StoredFile
from rebond.journal.models.mail import MailState, OutgoingMail

__all__ = ["Entry", "MailState", "OutgoingMail", "StoredFile", "Transition"]
