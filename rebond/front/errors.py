"""What can go wrong in the front room's commands, each a sentence for the person at the terminal."""


class BackupError(Exception):
    """A backup or a restore that cannot be done, or that did not verify."""
