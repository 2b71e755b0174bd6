"""Small French word lists of the demo: brands (all invented), sizes, sentences of the workshop, flaws."""

import re

BRANDS = {
    "clothes": [
        "Maison Vercors",
        "Kermor",
        "Lutèce & Fils",
        "Atelier Nuance",
        "Blanc-Seing",
        "La Petite Marine",
        "Oriane",
        "Tissages du Nord",
        "Canut",
        "Belle Saison",
        "Mistral Coton",
    ],
    "workwear": ["Le Charpentier", "Forgeron", "Bleu Atelier", "Mécano 54"],
    "kids": ["Petit Tambour", "Pomme de pin", "Les Galopins", "Trois Billes", "Mirabelle"],
    "sport": ["Altior", "Vivelan", "Foulée", "Grand Braquet", "Rebel Sport"],
    "outdoor": ["Vercamp", "Cairn 21", "Haute Trace", "Bivouac", "Névé"],
    "shoes": ["Bottier du Lac", "Savate", "Pas Perdus", "Tannerie Morin", "Semelle & Co"],
    "bags": ["Sellerie Garance", "Tannerie Morin", "Longue Sangle", "Besace & Fils"],
    "hats": ["Chapellerie Brun", "Feutre et Plume", "Le Grand Bord"],
    "pottery": ["Faïencerie de Malaucourt", "Grès de l’Oust", "Poterie du Val", "Manufacture Lenoir", "Terres d’Ambre"],
    "cook": ["Fonderie Clément", "Cuivrélec", "La Bonne Marmite", "Fontebelle"],
    "appliances": ["Cuivrélec", "Ménagia", "Turbelle", "Electra-Sud", "Domoval", "Volta & Fils"],
    "bikes": ["Cycles Mercadier", "Hirondelle du Nord", "Vélosolide", "Randonneuse", "Cycles Faure"],
    "phones": ["Kalyss", "Novaro", "Ondia", "Telmo", "Sillage"],
    "computers": ["Ordis", "Novaro", "Plénitek", "Kalyss"],
    "photo": ["Optiphot", "Lumica", "Objectif 35", "Photavia"],
    "audio": ["Acoustel", "Sonovox", "Radiolune", "Haut-Son"],
    "sewing": ["Cousivite", "Navette d’or", "Plumelec"],
    "instruments": ["Lutherie Aubry", "Sonatel", "Vents et Cordes", "Musicor"],
    "tools": ["Forge d’Isle", "Outilor", "Tourne-à-Gauche", "Métal Franc"],
}
SIZES = {
    "women": ["34", "36", "36", "38", "38", "38", "40", "40", "40", "42", "42", "44", "46", "48"],
    "men": ["S", "M", "M", "M", "L", "L", "L", "XL", "XL", "XXL"],
    "unisex": ["S", "M", "M", "L", "L", "XL"],
    "girl": ["2 ans", "3 ans", "4 ans", "5 ans", "6 ans", "8 ans", "10 ans", "12 ans"],
    "child": ["2 ans", "3 ans", "4 ans", "5 ans", "6 ans", "8 ans", "10 ans", "12 ans"],
    "baby": ["3 mois", "6 mois", "12 mois", "18 mois"],
}
SHOES = {
    "women": ["36", "37", "37", "38", "38", "38", "39", "39", "40", "41"],
    "men": ["40", "41", "42", "42", "43", "43", "44", "45"],
    "unisex": ["38", "39", "40", "41", "42", "43"],
    "child": ["22", "24", "25", "26", "27", "28", "29", "30", "32", "33", "34", "35"],
}
FOR = {"women": "femme", "men": "homme"}

# Beginning of a colourway's French name → the colour of the shop's filter.
COLOURS = (
    ("bleu", "Bleu"), ("mers bleu", "Bleu"), ("rouge", "Rouge"), ("bordeaux", "Rouge"), ("corail", "Orange"),
    ("moutarde", "Jaune"), ("jaune", "Jaune"), ("vert", "Vert"), ("kaki", "Vert"), ("rose", "Rose"),
    ("prune", "Violet"), ("lilas", "Violet"), ("noir", "Noir"), ("blanc", "Blanc"), ("crème", "Beige"),
    ("beige", "Beige"), ("camel", "Marron"), ("marron", "Marron"), ("brun", "Marron"), ("miel", "Marron"),
    ("terre cuite", "Orange"), ("gris", "Gris"), ("acier", "Gris"), ("inox", "Gris"), ("alu", "Gris"), ("chromé", "Gris"),
    ("hêtre", "Bois"), ("chêne", "Bois"), ("noyer", "Bois"), ("pin", "Bois"), ("merisier", "Bois"), ("teck", "Bois"),
    ("acajou", "Bois"), ("frêne", "Bois"), ("rotin", "Bois"), ("osier", "Bois"), ("palissandre", "Bois"), ("bois", "Bois"),
    ("laiton", "Doré"), ("cuivre", "Doré"), ("doré", "Doré"), ("bronze", "Doré"), ("argent", "Gris"), ("foncé", "Marron"), ("étain", "Gris"), ("zinc", "Gris"), ("bambou", "Bois"), ("fer noir", "Noir"),
    ("blond", "Bois"), ("ambré", "Bois"), ("incolore", "Transparent"), ("verre", "Transparent"),
)  # fmt: skip
WOODS = {
    "hêtre": "beech",
    "chêne": "oak",
    "noyer": "walnut",
    "pin": "pine",
    "merisier": "cherry",
    "teck": "teak",
    "acajou": "exotic",
    "rotin": "rattan",
}
METALS = {"laiton": "brass"}

# The first sign found decides what kind of flaw a phrase tells; none found: it is good news, told in the text.
FLAWS = tuple(
    (re.compile(rf"\b(?:{signs})"), code)
    for signs, code in (
        ("taches?", "stain"),
        ("rayée?s?\\b|rayures?|micro-rayure|griff|érafl|éraflure", "scratch"),
        ("points de rouille|traces de rouille|piqué", "rust"),
        ("déchir", "tear"),
        ("fêl|craquel|fendill|ébréch|fente", "crack"),
        ("bosse|bossel|cabossé|choc|tapé", "dent"),
        ("(?:peinture|placage|émail) (?:écaill|éclat)|éclat de peinture", "wear"),
        ("éclat", "other"),
        ("manquante?", "missing_part"),
        ("jauni|passée?s?\\b|délav|décolor|insol|peu effacées", "faded"),
        ("dédicace|prénom|crayon|écrite", "annotation"),
        ("recous|recoll|repri|refix|réparé|rustiné|remplacé", "repaired"),
        (
            "bouloche|usée?s?\\b|frott|marqué|marque de|une marque|patiné|cornée|plié|feutr|effiloch|détendu|noirci|traces|émouss",
            "wear",
        ),
        (
            "lustré|creusé|déformé|ras au|retouche|fil tiré|maille tirée|plus courtes|cercle de verre|cintrée|légèrement rayée|culott",
            "wear",
        ),
        ("craquements", "other"),
    )
)

WORKSHOP = {
    "clothes": (
        "Lavé· à 30 degrés, repassé·, photographié· sur cintre.",
        "Passé· au contrôle couture : ourlets et boutons vérifiés.",
        "Séché· à l’air libre, sans parfum ajouté.",
        "Mesures prises à plat, à un centimètre près.",
    ),
    "shoes": (
        "Semelles brossées, intérieur désinfecté.",
        "Nettoyage à sec, intérieur aéré.",
        "Essayé· en boutique : la pointure taille normalement.",
    ),
    "accessories": ("Vérifié· couture par couture.", "Brossé·, aéré·, prêt· à resservir."),
    "furniture": (
        "Dépoussiéré·, resserré·, ciré· à l’atelier bois.",
        "Assemblages contrôlés, aucune trace de vers.",
        "Nous pouvons aider à porter l’objet jusqu’à votre véhicule.",
    ),
    "decoration": (
        "Dépoussiéré· et essuyé·, avec un chiffon doux.",
        "Choisi· par l’équipe de la boutique.",
        "Vient d’une maison vidée avec soin.",
    ),
    "tableware": (
        "Lavé· à l’éponge douce, puis contrôlé· à la lumière.",
        "Lavé· à la main et emballé· pièce par pièce.",
        "Sorti· d’un buffet qu’on n’ouvrait que le dimanche.",
    ),
    "linen": (
        "Lavé·, séché·, repassé· à l’atelier textile.",
        "Contrôlé· fil à fil devant la fenêtre.",
        "Plié· dans du papier de soie récupéré.",
    ),
    "toys": (
        "Nettoyé· au savon noir et rincé·.",
        "Contrôlé· pour les petits : rien ne se détache.",
        "Essayé· par l’équipe, avec beaucoup de sérieux.",
    ),
    "sport": (
        "Nettoyé· et essayé· par une personne du métier.",
        "Contrôlé· point par point à l’atelier sport.",
        "Donné· par un club de la région.",
    ),
    "bikes": (
        "Révision complète : freins, câbles, roulements, pneus.",
        "Essayé· dans la cour, réglé·, resserré·.",
        "Gravage contre le vol possible sur place.",
    ),
    "electronics": (
        "Ouvert·, dépoussiéré·, essayé· deux heures.",
        "Garantie légale de deux ans, comme pour tout objet vendu ici.",
        "Contrôlé· par Yanis à l’atelier électronique.",
    ),
    "appliances": (
        "Essai électrique et isolement mesurés.",
        "Essayé· en charge pendant trente minutes.",
        "Cordon contrôlé, joints propres.",
    ),
    "music-film": ("Essayé· et nettoyé· avant la mise en vente.",),
    "diy-garden": ("Nettoyé·, contrôlé·, prêt· à servir.", "Dégrippé· et huilé· à l’atelier métal."),
    "vintage": (
        "Nettoyé· avec prudence, patine gardée.",
        "Identifié· avec un ancien du métier.",
        "Une pièce rare dans cet état.",
    ),
    "stationery": ("Jamais utilisé·, retrouvé· dans un fonds de papeterie.",),
    "books": (
        "Feuilleté· page à page avant la mise en ligne.",
        "Pages propres, dos solide.",
        "Sans odeur de cave.",
        "Couverture essuyée, tranches dépoussiérées.",
    ),
}
REPAIRS = {
    "clothes": ("tear", "Une couture ouverte sur 4 cm, à reprendre"),
    "shoes": ("wear", "Semelle décollée à l’avant, à recoller"),
    "accessories": ("tear", "Une couture ouverte sur 5 cm"),
    "furniture": ("not_working", "Un assemblage a du jeu, à recoller"),
    "decoration": ("missing_part", "Un petit morceau manque, non retrouvé"),
    "tableware": ("crack", "Fêlure visible : pour décorer plutôt que pour servir"),
    "linen": ("hole", "Un accroc de 4 cm à repriser"),
    "bikes": ("not_working", "Roue arrière voilée, chambre à air à changer"),
    "electronics": ("not_working", "Ne s’allume plus : vendu pour les pièces ou la réparation"),
    "appliances": ("not_working", "Ne chauffe plus, la cause n’est pas trouvée"),
    "music-film": ("not_working", "À remettre en état, vendu tel quel"),
    "diy-garden": ("missing_part", "Une pièce manque, à remplacer"),
    "vintage": ("not_working", "Mécanisme bloqué, pour un amateur patient"),
    "sport": ("missing_part", "Une pièce de réglage à remplacer"),
}  # fmt: skip
LAMP = ("not_working", "L’interrupteur ne répond plus, câblage à revoir")
DECOR = ("wear", "Restauration à prévoir, le décor s’efface")
REPAIRS_OF = {  # leaves where the universe's repair would make no sense
    "table-lamps": LAMP,
    "desk-lamps": LAMP,
    "floor-lamps": LAMP,
    "ceiling-lights": LAMP,
    "vintage-lighting": LAMP,
    "vintage-tableware": REPAIRS["tableware"],
    "vintage-toys": ("missing_part", "Une pièce manque, pour un restaurateur"),
    "tins": DECOR,
    "postcards": DECOR,
    "medals": DECOR,
    "kettles": ("not_working", "Le sifflet manque et le couvercle ferme mal"),
    "plant-pots": ("crack", "Fêlure dans la terre, à poser dans un cache-pot"),
    "bike-helmets": ("wear", "Mousses usées, à changer avant de rouler"),
}
CLOSING = (
    "Un objet unique : une fois parti, il est parti.",
    "Envoi soigné, dans un carton de récupération.",
    "Écrivez-nous pour une photo de plus.",
    "À voir en boutique si vous passez par là.",
    "",
    "",
    "",
)
