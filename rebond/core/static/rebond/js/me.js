// The personal part of cached pages: which hearts are full, how many favourites, what is in the basket, who is signed in.
// One small answer, never cached. Without JavaScript a heart is a form that leads to the favourites.
const form = document.querySelector("form[data-rebond-favourites]");
const hearts = (root = document) => [...root.querySelectorAll('button[form="favori"][name="code"]')];

function draw(button, on) {
  button.setAttribute("aria-pressed", String(on));
}

function count(n, what = "count") {
  const place = document.querySelector(`[data-rebond-me="${what}"]`);
  if (!place) return;
  place.textContent = n > 99 ? "99+" : n;
  place.hidden = !n;
}

// On an object's page: what this very person keeps is shown as theirs, not as somebody else's.
function mine(held) {
  for (const place of document.querySelectorAll("[data-rebond-mine]")) {
    const until = held[place.dataset.rebondMine];
    place.hidden = !until;
    for (const other of document.querySelectorAll(`[data-rebond-others="${place.dataset.rebondMine}"]`)) other.hidden = Boolean(until);
    const hour = place.querySelector("[data-hour]");
    if (until && hour) hour.textContent = until;
  }
}

async function load(root) {
  const shown = hearts(root);
  const query = new URLSearchParams({ codes: shown.slice(0, 120).map((b) => b.value).join(",") });
  const answer = await fetch(`${form.dataset.rebondFavourites}?${query}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const me = await answer.json();
  const kept = new Set(me.kept);
  for (const button of shown) draw(button, kept.has(button.value));
  count(me.count);
  count(me.basket, "basket");
  mine(me.held);
  const name = document.querySelector('[data-rebond-me="name"]');
  if (name && me.name) name.textContent = me.name;
}

async function toggle(button) {
  const on = button.getAttribute("aria-pressed") === "true";
  draw(button, !on);
  const answer = await fetch(on ? form.dataset.rebondRemove : form.action, {
    method: "POST",
    body: new URLSearchParams({ code: button.value }),
    headers: { Accept: "application/json" },
  }).catch(() => null);
  if (!answer?.ok) return draw(button, on);
  count((await answer.json()).count);
}

if (form && !document.body.hasAttribute("data-rebond-favourites-page")) {
  form.addEventListener("submit", (event) => {
    if (!event.submitter) return;
    event.preventDefault();
    toggle(event.submitter);
  });
  load(document);
  document.addEventListener("htmx:afterSwap", (event) => load(event.target));
}
