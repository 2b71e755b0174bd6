"""Models of general terms, to start from: French, as the law that they answer to (rules.md F1 to F4).

One is a seller's, the other the operator's: what holds for all of the site, and for sellers without terms of their
own. They say what the site already says, with the organisation's own facts; the lines in square brackets are its to
write. Empty lines part the paragraphs, a line that begins with "# " is a heading.
"""

GUARANTEES = """
# 6. Les garanties légales

Le consommateur dispose d’un délai de deux ans à compter de la délivrance du bien pour obtenir la mise en œuvre de la
garantie légale de conformité en cas d’apparition d’un défaut de conformité. Durant les douze premiers mois pour un
bien d’occasion (vingt-quatre pour un bien neuf), il n’est tenu d’établir que l’existence du défaut, et non la date de
son apparition. La garantie légale donne droit à la réparation ou au remplacement du bien dans un délai de trente
jours suivant la demande, sans frais et sans inconvénient majeur ; à défaut, à une réduction du prix, ou au
remboursement.

Le consommateur bénéficie aussi de la garantie légale des vices cachés (articles 1641 à 1649 du code civil), pendant
deux ans à compter de la découverte du défaut.

"""  # the words of the law, the same for all

TEXT = (
    """
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

"""
    + GUARANTEES
    + """
# 7. Réclamation et médiation

Écrivez-nous d’abord, à l’adresse ci-dessus. Sans réponse satisfaisante, vous pouvez saisir gratuitement, dans l’année
qui suit votre réclamation écrite, notre médiateur de la consommation : {mediator}.

# 8. Droit applicable

Le droit français s’applique. Le consommateur peut saisir le tribunal du lieu où il habitait lors du contrat.
"""
)

OPERATOR_TEXT = (
    """
# 1. Qui vend, et ce que fait {name}

{name}{register} exploite cette place de marché. Adresse : {address}. Téléphone : {phone}. Mail : {email}.

Chaque objet est vendu par la structure solidaire que nomme son annonce : c’est avec elle que vous concluez le contrat
de vente, et c’est elle qui répond de l’objet. Nous présentons les annonces, prenons les commandes, faisons encaisser
les paiements par un prestataire agréé, établissons les factures au nom et pour le compte des vendeurs, et aidons en
cas de désaccord.

Ces conditions valent pour tout le site. Les conditions d’un vendeur, quand il en a, s’y ajoutent ; sans elles,
celles-ci suffisent.

# 2. Les objets et les prix

Les objets sont d’occasion et presque tous uniques, sauf mention contraire. L’annonce dit leur état, leurs défauts,
leurs mesures et leur poids. Les prix sont en euros, toutes taxes comprises, hors livraison ; les frais de livraison
sont dits avant la commande.

# 3. Le panier, la commande et le paiement

Un objet mis au panier vous est gardé le temps que dit le compte à rebours. Un panier peut réunir plusieurs vendeurs :
vous payez une fois, et chaque vendeur reçoit sa commande. La commande est passée par le bouton « Commande avec
obligation de paiement ». Un paiement qui arrive trop tard pour un objet parti est remboursé sans que vous demandiez
rien.

# 4. La livraison et le retrait

Chaque vendeur dit comment et sous combien de jours il remet ses objets. À défaut, la livraison a lieu au plus tard
30 jours après la commande (article L. 216-1 du code de la consommation). Il n’y a pas de livraison express : chacun
travaille à son rythme.

# 5. Le droit de rétractation

Vous avez 14 jours à compter de la réception pour vous rétracter de chaque achat, sans donner de raison
(articles L. 221-18 et suivants du code de la consommation), en ligne par « Renoncer au contrat ici », par mail ou par
lettre. Vous renvoyez l’objet dans les 14 jours, à vos frais sauf si le vendeur les prend. Le vendeur rembourse toutes
les sommes versées, livraison standard comprise, dans les 14 jours.

"""
    + GUARANTEES
    + """
# 7. Réclamation et médiation

Écrivez d’abord au vendeur, depuis votre commande ; si la réponse ne convient pas, demandez notre conciliation. Vous
pouvez ensuite saisir gratuitement le médiateur de la consommation du vendeur, nommé sur la page de chaque objet, dans
l’année qui suit votre réclamation écrite. Pour un litige avec nous : {mediator}.

# 8. Droit applicable

Le droit français s’applique. Le consommateur peut saisir le tribunal du lieu où il habitait lors du contrat.
"""
)
