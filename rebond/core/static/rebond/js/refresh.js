// A part of a page that looks again by itself ([data-rebond-refresh="30"], with hx-get and hx-trigger="rebond-refresh"):
// only while somebody sees it, never under their hands, and the focus stays where it was. Without it, a link does.
const told = new Map(); // what each part was last, by its id: nothing moves where nothing changed
let last = Date.now();

const isBusy = (part) => {
  const active = document.activeElement;
  if (part.contains(active) && active.matches("input, select, textarea, button")) return true;
  const chosen = document.getSelection();
  return part.querySelector("dialog[open], details[open]") !== null || (!chosen.isCollapsed && part.contains(chosen.anchorNode));
};

const look = () => {
  for (const part of document.querySelectorAll("[data-rebond-refresh]")) {
    const due = Number(part.dataset.rebondRefresh) * 1000;
    if (document.hidden || Date.now() - last < due || isBusy(part)) continue;
    last = Date.now();
    window.htmx?.trigger(part, "rebond-refresh");
  }
};

// Where the focus is in a part, told by what stays the same: an id, else an address and which of its links.
const placeOf = (part) => {
  const active = document.activeElement;
  if (!part.contains(active)) return null;
  if (active.id) return { id: active.id };
  const href = active.getAttribute("href");
  return href ? { href, number: linksTo(part, href).indexOf(active) } : null;
};
const linksTo = (part, href) => [...part.querySelectorAll("a[href]")].filter((link) => link.getAttribute("href") === href);

let kept = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  if (!part.matches?.("[data-rebond-refresh]") || event.detail.xhr.status !== 200) return;
  const text = event.detail.serverResponse;
  if (told.get(part.id) === text) event.detail.shouldSwap = false;
  told.set(part.id, text);
  kept = { id: part.id, place: placeOf(part), scrolls: [...part.querySelectorAll("[tabindex='0']")].map((one) => one.scrollLeft) };
});
document.addEventListener("htmx:afterSwap", () => {
  const part = kept && document.getElementById(kept.id);
  if (!part) return;
  const { place, scrolls } = kept;
  kept = null;
  part.querySelectorAll("[tabindex='0']").forEach((one, number) => { one.scrollLeft = scrolls[number] ?? 0; });
  if (!place) return;
  const links = place.href ? linksTo(part, place.href) : [];
  const found = place.id ? document.getElementById(place.id) : (links[place.number] ?? links[0]);
  found?.focus({ preventScroll: true });
});

setInterval(look, 1000);
document.addEventListener("visibilitychange", look);
