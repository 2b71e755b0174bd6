"""What journeys do outside of the browser, and the pages as people see them: by role and label, in French."""

import re

from django.conf import settings
from django.test import Client

from rebond.core.worker import Worker

PASSWORD = "un mot de passe long"


def enter(page, user, live_server):
    """Come in without the door: for journeys that are not about it."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])


def work():
    """What the worker would do now: mails, photos, index, imports."""
    Worker(queues=["*"], batch=True).run()


class Door:
    """The page where one comes in."""

    def __init__(self, page):
        self.page = page

    def sign_in(self, email, password=PASSWORD):
        self.page.get_by_label("Adresse mail").fill(email)
        self.page.get_by_label("Mot de passe", exact=True).fill(password)
        self.page.get_by_role("button", name="Entrer avec le mot de passe").click()


class Results:
    """Results of a search: the field, the filters, the cards."""

    def __init__(self, page):
        self.page = page
        self.field = page.get_by_role("combobox", name="Chercher un objet")
        self.chips = page.get_by_role("list", name="Filtres choisis").get_by_role("listitem")

    def cards(self):
        return self.page.locator("#results").get_by_role("article")

    def option(self, name):
        return self.page.get_by_role("checkbox", name=name)

    def titles(self):
        return sorted(self.cards().get_by_role("heading").all_inner_texts())


class ErrorSummary:
    """What is to be corrected, above a form that was refused."""

    def __init__(self, page):
        self.box = page.get_by_role("alert").filter(has=page.get_by_role("heading", name="corriger"))

    def wait(self):
        self.box.wait_for()
        return self.box

    @property
    def has_focus(self):
        return self.box.evaluate("e => e === document.activeElement")


class ItemForm:
    """The card of an item at the desk."""

    def __init__(self, page):
        self.page = page
        self.title = page.get_by_label("Titre", exact=True)
        self.description = page.get_by_label("Description")
        self.price = page.get_by_label("Prix, en euros")
        self.seats = page.get_by_label("Nombre de places")

    def condition(self, name):
        return self.page.get_by_role("radio", name=re.compile(f"^{name}"))

    def choose_category(self, name):
        """Its questions come with it."""
        with self.page.expect_response(lambda r: r.request.method == "POST"):
            self.page.get_by_label("Catégorie", exact=True).select_option(label=name)
        self.page.get_by_role("heading", name="Ce que demande sa catégorie").wait_for()

    def save(self):
        self.page.get_by_role("button", name="Enregistrer", exact=True).click()
