"""Imports of the demo, made by the real actions: one tried with its refusals, one undone, one whose columns wait."""

import datetime
import random

from django.core.files.base import ContentFile

from rebond.accounts.models import User
from rebond.connect.actions.running import run_batches, start_import
from rebond.connect.actions.trial import run_trial, start_trial
from rebond.connect.actions.undo import undo_batches, undo_import
from rebond.connect.actions.uploads import upload_import
from rebond.connect.models import ImportRun
from rebond.front.demo.admissions import Cast
from rebond.front.demo.network import Network
from rebond.network.models import Organisation

SHOP = "recyclerie-du-grand-bain"
WOO = """ID,Type,SKU,Name,Published,"Short description",Description,"In stock?",Stock,"Regular price","Sale price",Categories,"Weight (kg)"
101,simple,GB-2101,"Chaise de bistrot, hêtre",1,,"Assise refaite, quatre pieds stables.",1,1,28,,"Meubles > Chaises",4.2
102,simple,GB-2102,"Lampe de bureau articulée, verte",1,,"Câble neuf, bras resserré.",1,1,35,29,"Lampes de bureau",1.9
103,simple,GB-2103,"Théière émaillée à pois",1,,"Un éclat au bec, voir photo.",1,1,14.5,,"Théières",0.9
104,simple,GB-2104,"Valise en carton",1,,"Serrures qui ferment.",1,1,,,"Bagages",3.1
105,simple,GB-2105,"Vélo de ville, taille M",1,,"Freins et câbles neufs.",1,1,130,,"Vélos adulte",14
106,simple,GB-2106,"",1,,"Sans titre dans la caisse.",1,1,5,,"Divers",0.5
107,simple,GB-2107,"Globe terrestre d’écolier",1,,"Frontières d’avant 1990.",1,1,24,,"Globes et cartes",1.5
108,simple,GB-2108,"Nappe à carreaux rouges",1,,"Une tache de vin, presque partie.",1,1,moins de 10,,"Nappes et serviettes",0.6
109,simple,GB-2109,"Réveil mécanique",1,,"Sonne fort.",1,1,16,,"Radios et réveils",0.4
110,simple,GB-2110,"Train en bois",1,,"Poncé, sans échardes.",1,1,19,,"Jouets en bois",0.8
"""  # fmt: skip
SHEET = """Désignation;Montant;Observations;Emplacement
Fauteuil crapaud vert;95,00;Sangles changées;B12
Petit bureau d’écolier;60,00;Taches d’encre;B14
Lot de six assiettes;12,50;Une ébréchée;C03
"""
LATER = """ref;titre;prix;description;categorie
GB-3001;Saladier en faïence;11,00;Décor peint à la main;Bols et saladiers
GB-3002;Pichet émaillé;14,00;Anse solide;Carafes et pichets
GB-3003;Cocotte en fonte;39,00;Fond culotté;Cocottes et casseroles
"""


def make_imports(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Three imports of one seller; none leaves an item behind."""
    if ImportRun.objects.exists():
        return ImportRun.objects.count()
    seller = Organisation.objects.filter(slug=SHOP).first()
    if seller is None:
        return 0
    by = network.people[SHOP][0]
    cast = Cast(by, [], now)
    with cast.at(9):
        undone = _upload(seller, "vaisselle-novembre.csv", LATER, by)
        start_import(run=undone, by=by, enqueue=False)
        run_batches(run_id=undone.pk)
        undone.refresh_from_db()
        undo_import(run=undone, by=by, enqueue=False)
        undo_batches(run_id=undone.pk)
    with cast.at(1.2):
        tried = _upload(seller, "export-woocommerce-2026-11-25.csv", WOO, by)
        start_trial(run=tried, by=by, enqueue=False)
        run_trial(run_id=tried.pk)
    with cast.at(0.1):
        _upload(seller, "inventaire-hangar-b.csv", SHEET, by)
    for run, days in ((undone, 9), (tried, 1.2)):
        ImportRun.objects.filter(pk=run.pk).update(created_at=now - datetime.timedelta(days=days))
    return ImportRun.objects.count()


def _upload(seller: Organisation, name: str, text: str, by: User) -> ImportRun:
    return upload_import(seller=seller, upload=ContentFile(text.encode(), name=name), by=by)
