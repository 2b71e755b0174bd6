"""A model of a seller's general terms, to start from: French, as the law that they answer to (rules.md F1 to F3).

It says what the site already says of every seller, with this seller's own facts; the lines in square brackets are
the seller's to write. Empty lines part the paragraphs, a line that begins with "# " is a heading.
"""

TEXT = """
# 1. Le vendeur

{name}{register}. Adresse : {address}. Téléphone : {phone}. Mail : {email}. {vat}

Nous vendons en notre nom sur la place de marché ; l’opérateur n’est pas partie à la vente.

# 2. Les objets et les prix

Nos objets sont d’occasion, sauf mention contraire. L’annonce dit leur état, leurs défauts, leurs mesures et leur
poids. Les prix sont en euros, toutes taxes comprises, hors livraison.

# 3. La commande et le paiement

La commande est passée par le bouton « Commande avec obligation de paiement ». Elle est payée en ligne, en une fois.

# 4. La livraison et le retrait

Nous préparons chaque commande en {days} jours ouvrés au plus, puis la remettons au transporteur ou la gardons à
votre disposition. À défaut, la livraison a lieu au plus tard 30 jours après la commande (article L. 216-1 du code de
la consommation). [Combien de temps gardez-vous un objet à retirer ?]

# 5. Le droit de rétractation

Vous avez 14 jours à compter de la réception pour vous rétracter, sans donner de raison (articles L. 221-18 et
suivants du code de la consommation), en ligne, par mail ou par lettre. Vous renvoyez l’objet dans les 14 jours
[à vos frais, ou aux nôtres ?]. Nous remboursons toutes les sommes versées, livraison standard comprise, dans les
14 jours.

# 6. Les garanties légales

Le consommateur dispose d’un délai de deux ans à compter de la délivrance du bien pour obtenir la mise en œuvre de la
garantie légale de conformité en cas d’apparition d’un défaut de conformité. Durant les douze premiers mois pour un
bien d’occasion (vingt-quatre pour un bien neuf), il n’est tenu d’établir que l’existence du défaut, et non la date de
son apparition. La garantie légale donne droit à la réparation ou au remplacement du bien dans un délai de trente
jours suivant la demande, sans frais et sans inconvénient majeur ; à défaut, à une réduction du prix, ou au
remboursement.

Le consommateur bénéficie aussi de la garantie légale des vices cachés (articles 1641 à 1649 du code civil), pendant
deux ans à compter de la découverte du défaut.

# 7. Réclamation et médiation

Écrivez-nous d’abord, à l’adresse ci-dessus. Sans réponse satisfaisante, vous pouvez saisir gratuitement, dans l’année
qui suit votre réclamation écrite, notre médiateur de la consommation : {mediator}.

# 8. Droit applicable

Le droit français s’applique. Le consommateur peut saisir le tribunal du lieu où il habitait lors du contrat.
"""
