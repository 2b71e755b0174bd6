from rebond.journal.models.entry import Entry, Transition
from rebond.journal.models.file import StoredFile
from rebond.journal.models.mail import MailState, OutgoingMail, SuppressedAddress

__all__ = ["Entry", "MailState", "OutgoingMail", "StoredFile", "SuppressedAddress", "Transition"]
