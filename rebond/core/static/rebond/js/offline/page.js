// On every page of the stations: the service worker, what the person takes along, how much waits, and sending it.
import "./store.js";

const kept = globalThis.rebondKept;
const LUGGAGE = "/atelier/bagages/";
const FRESH = 4 * 60_000; // ms
const AGAIN = 20_000; // ms between two tries while something waits
const shell = document.querySelector("[data-rebond-shell]");
const person = document.querySelector("[data-rebond-person]")?.dataset.rebondPerson;
const badge = document.querySelector("[data-rebond-waiting]");

const show = async () => {
  if (!badge) return;
  const { open, asking } = await kept.counts();
  badge.hidden = !(open || asking);
  for (const part of badge.querySelectorAll("[data-count]")) {
    const isShown = (part.dataset.count === "asking") === Boolean(asking);
    part.hidden = !isShown;
    if (isShown) part.querySelector("[data-n]").textContent = asking || open;
  }
};

const pack = async ({ isOld = false } = {}) => {
  const before = await kept.get("luggage");
  const isSame = before?.person === person && Date.now() - before.wall < FRESH && Date.now() >= before.wall;
  if (isSame && !isOld && !document.querySelector("[data-rebond-fresh]")) return;
  if (before && before.person !== person) await kept.forgetPerson();
  const answer = await fetch(LUGGAGE, { headers: { Accept: "application/json" }, redirect: "error" });
  if (answer.ok) await kept.set("luggage", { ...(await answer.json()), wall: Date.now() });
};

// A count under way: what its page shows goes along; what the device has more of is gone on with there.
const carryCount = async () => {
  const before = await kept.get("count");
  const shown = document.getElementById("rebond-count");
  if (before?.mine && before.person === person) {
    if (shown) location.replace("/atelier/en-attente/#compter");
  } else if (shown) await kept.set("count", { ...JSON.parse(shown.textContent), person, began: Date.now(), mine: false });
  else if (before) await kept.remove("count");
};

// A round under way: what its page has taken is marked, and what is not carried yet is fetched (a round just taken, an
// object taken out of its slot again). The first ones are compared: of the longest rounds only a part is carried.
const COMPARED = 100;
const carryRound = async () => {
  const shown = document.querySelector("[data-rebond-round]");
  const luggage = shown && (await kept.get("luggage"));
  if (!luggage?.picks) return;
  const task = shown.dataset.rebondRound;
  const left = shown.dataset.left.split(" ").filter(Boolean);
  const mine = luggage.picks.filter((one) => one.task === task);
  if (left.slice(0, COMPARED).some((line) => !mine.some((one) => one.line === line))) { await pack({ isOld: true }); return; }
  for (const one of mine) one.taken = !left.includes(one.line);
  await kept.set("luggage", luggage);
};

const send = async () => {
  if ((await kept.counts()).open || (await kept.get("left"))) await kept.flush();
};

// The last touch, on the disk: a tablet that slept, or whose tab was killed, knows how long nobody was there.
let touched = 0;
const touch = async () => {
  if (Date.now() - touched < 5_000 && Date.now() >= touched) return;
  touched = Date.now();
  if (await kept.get("luggage")) await kept.set("touched", touched);
};

const start = async () => {
  await navigator.serviceWorker.register("/atelier/service.js", { scope: "/atelier/" });
  kept.told.addEventListener("change", show);
  await show();
  if (!shell) {
    try { if (person) { await pack(); await carryCount(); await carryRound(); } else await kept.forgetPerson(); } catch { /* no network: what is there serves */ }
  }
  if (!shell) await touch();
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, touch, { passive: true });
  await send();
  window.addEventListener("online", send);
  setInterval(() => { if (!document.hidden) send(); }, AGAIN);
  navigator.storage?.persist?.().catch(() => {});
};

if (navigator.serviceWorker && window.isSecureContext && window.indexedDB) start().catch((error) => console.warn("offline", error));
