"""A badge of Rebond's shape (people.md 3.1), without the database."""

import datetime

from rebond.skills.credentials import keys
from rebond.skills.credentials.contexts import BADGES, CREDENTIALS
from rebond.skills.credentials.integrity import add_proof
from rebond.skills.queries.verdict import hash_identity

MOMENT = datetime.datetime(2026, 11, 27, 12, tzinfo=datetime.UTC)
PRIVATE = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"  # that of the official vector: public
PUBLIC = keys.public_of(PRIVATE)
DID = f"did:key:{PUBLIC}"
METHOD = f"{DID}#{PUBLIC}"


def unsigned(**changes):
    """What an issuer that is named by its key says; `changes` replace members of the top."""
    return {
        "@context": [CREDENTIALS, BADGES],
        "id": "https://badges.example/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Préparer un colis",
        "issuer": {"id": DID, "type": ["Profile"], "name": "La Bascule"},
        "validFrom": "2026-01-02T08:00:00Z",
        "awardedDate": "2026-01-02T08:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityType": "emailAddress",
                    "identityHash": hash_identity("amina@example.org", "sel"),
                    "salt": "sel",
                }
            ],
            "achievement": {
                "id": "https://badges.example/modeles/1",
                "type": ["Achievement"],
                "achievementType": "Competency",
                "name": "Préparer un colis",
                "description": "Emballer un objet fragile.",
                "criteria": {"narrative": "Dix colis sans casse."},
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetName": "Préparateur de commandes",
                        "targetUrl": "https://badges.example/rome/N1103",
                        "targetCode": "N1103",
                    }
                ],
                "resultDescription": [
                    {
                        "id": "https://badges.example/modeles/1#colis",
                        "type": ["ResultDescription"],
                        "name": "Colis",
                        "resultType": "RawScore",
                    }
                ],
            },
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": "https://badges.example/modeles/1#colis",
                    "value": "12",
                }
            ],
        },
        "evidence": [
            {"type": ["Evidence"], "name": "Janvier", "narrative": "Douze colis."},
            {"type": ["Evidence"], "name": "Février", "narrative": "Aucun retour."},
        ],
    } | changes


def signed(**changes):
    return add_proof(unsigned(**changes), private=PRIVATE, method=METHOD, created=MOMENT)
