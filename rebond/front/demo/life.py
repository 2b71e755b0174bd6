"""What people do around the items: collections, favourites, searches kept, notices, candidatures, imports, mail.

Each stage returns how many rows there are, and does nothing where an earlier run has made them.
"""

import datetime
import random
from collections.abc import Callable

from rebond.front.demo.admissions import make_admissions, make_invitations
from rebond.front.demo.collections import make_collections
from rebond.front.demo.imports import make_imports
from rebond.front.demo.network import Network
from rebond.front.demo.shopping import make_alerts, make_favourites, make_notices

type Stage = Callable[[random.Random, Network, datetime.datetime], int]

STAGES: tuple[tuple[str, Stage], ...] = (
    ("collections", make_collections),
    ("admissions", make_admissions),
    ("invitations", make_invitations),
    ("imports", make_imports),
    ("favourites", make_favourites),
    ("alerts", make_alerts),
    ("notices", make_notices),
)
