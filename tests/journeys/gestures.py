"""Count gestures: a scan, a touch, a shutter, or words typed with the touch that sends them (docs/guide/atelier.md)."""

from playwright.sync_api import TimeoutError as WaitedTooLong

TYPED_AT_ONCE = """keys => {
  document.activeElement?.blur();
  for (const key of keys) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}"""


class Person:
    """One person at one screen. `gestures` counts what their hands do, `screens` how often the screen changed."""

    def __init__(self, page):
        self.page, self.gestures, self.screens, self.told, self.at = page, 0, 0, [], ""
        page.on("framenavigated", self._moved)

    def _moved(self, frame):
        """An address that only forgets that its label left (label.js) is the same screen."""
        address = frame.url.replace("etiquette=0", "etiquette=1")
        self.screens += frame == self.page.main_frame and address != self.at
        self.at = address

    def _done(self, words):
        self.gestures += 1
        self.told.append(words)

    def scan(self, code):
        """A reader types the code and Enter, faster than a busy machine passes keys on, wherever the person is."""
        self._done(f"scan {code}")
        self.page.wait_for_load_state("load")  # the page listens to readers from then on
        self.page.evaluate(TYPED_AT_ONCE, [*code, "Enter"])

    def touch(self, name, role="button", **more):
        """One touch on what is seen."""
        self._done(f"touch {name}")
        self.page.get_by_role(role, name=name, **more).click()

    def write(self, label, text, then, role="button"):
        """Words or a figure, and the touch that sends them: one gesture."""
        self._done(f"write {text}, {then}")
        self.page.get_by_label(label).fill(text)
        self.page.get_by_role(role, name=then).click()

    def shoot(self):
        self._done("shutter")
        self.page.get_by_role("button", name="Photo", exact=True).click()

    def sees(self, heading):
        """Wait for the screen of this title."""
        try:
            self.page.get_by_role("heading", name=heading).first.wait_for()
        except WaitedTooLong:
            seen = self.page.get_by_role("heading").all_inner_texts()
            raise AssertionError(f"no “{heading}” at {self.page.url}, but {seen} after {self.told}") from None

    def starts(self):
        """From here on it counts."""
        self.gestures, self.screens, self.told = 0, 0, []
