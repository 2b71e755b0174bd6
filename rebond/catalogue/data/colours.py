"""The colours that sellers are offered, in English: an object's own is written in French."""

ENGLISH = {
    "Blanc": "White",
    "Crème": "Cream",
    "Beige": "Beige",
    "Gris": "Grey",
    "Noir": "Black",
    "Marron": "Brown",
    "Bordeaux": "Burgundy",
    "Rouge": "Red",
    "Rose": "Pink",
    "Orange": "Orange",
    "Jaune": "Yellow",
    "Vert": "Green",
    "Turquoise": "Turquoise",
    "Bleu": "Blue",
    "Marine": "Navy blue",
    "Violet": "Purple",
    "Argenté": "Silver",
    "Doré": "Gold",
    "Transparent": "Clear",
    "Multicolore": "Multicoloured",
    "Bois": "Wood",
}
OTHER_WORDS = {"gray": "gris", "navy": "marine", "golden": "doré", "wooden": "bois", "violet": "violet"}
