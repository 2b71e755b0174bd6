"""Ready answers of the after-sales desk, in plain French: data, read before they are sent, never sent by themselves."""

from typing import NamedTuple


class Answer(NamedTuple):
    key: str
    title: str
    text: str


ANSWERS = (
    Answer(
        "recu",
        "Bien reçu",
        "Bonjour,\n\nNous avons bien lu votre message. Nous regardons ce qui s’est passé et nous vous répondons sous "
        "deux jours ouvrés.\n\nMerci de votre patience.",
    ),
    Answer(
        "photo",
        "Demander une photo",
        "Bonjour,\n\nNous sommes désolés. Pouvez-vous joindre une photo de l’objet et une de l’emballage ? Elles nous "
        "aident à trouver vite la bonne solution.\n\nMerci.",
    ),
    Answer(
        "colis",
        "Où est le colis",
        "Bonjour,\n\nVotre colis est parti. Son numéro de suivi est sur la page de votre commande. S’il n’a pas bougé "
        "depuis cinq jours, dites-le-nous : nous interrogeons le transporteur.",
    ),
    Answer(
        "panne",
        "Objet en panne",
        "Bonjour,\n\nNous sommes désolés. La loi vous protège : un défaut qui apparaît dans les douze mois est supposé "
        "d’origine. Vous ne payez rien. Nous pouvons le réparer sous trente jours ; si ce n’est pas possible, vous "
        "choisissez entre une baisse de prix et le remboursement.\n\nQue préférez-vous ?",
    ),
    Answer(
        "casse",
        "Arrivé cassé",
        "Bonjour,\n\nNous sommes désolés que l’objet soit arrivé cassé. Gardez l’emballage et envoyez-nous une photo. "
        "Vous ne payez ni le retour ni la casse.",
    ),
    Answer(
        "retour",
        "Comment renvoyer",
        "Bonjour,\n\nVous pouvez rapporter l’objet à l’atelier, aux heures d’ouverture, ou l’envoyer. Mettez dans "
        "le colis le numéro de votre commande. Pour un défaut, nous payons le retour. Pour un changement d’avis, il "
        "est à vos frais.",
    ),
    Answer(
        "merci",
        "Merci",
        "Bonjour,\n\nMerci de votre message, il fait plaisir à toute l’équipe. Bonne journée à vous.",
    ),
)


def answer_of(key: str) -> str:
    return next((answer.text for answer in ANSWERS if answer.key == key), "")
