// The page that works without network: one screen at a time, by the address after "#". It asks nothing of the server.
import { drawCount } from "./count.js";
import { drawList, drawDrop } from "./list.js";
import { drawPick } from "./pick.js";
import { drawPhotos } from "./photos.js";
import { drawAnswers } from "./questions.js";
import { drawStray } from "./strays.js";
import { bag, drawCargo, drawReceive, drawSaved, drawSort, drawStore, leave, probe } from "./flows.js";
import { choices, note, say, screen } from "./draw.js";

const kept = globalThis.rebondKept;
const WORKS = [
  { act: "warehouse.store", hash: "ranger", words: "work_store", pictogram: "warehouse", tint: "sable" },
  { act: "warehouse.cargo", hash: "transport", words: "work_cargo", pictogram: "truck", tint: "ciel" },
  { act: "warehouse.count", hash: "compter", words: "work_count", pictogram: "clipboard-list", tint: "menthe" },
  { act: "warehouse.pick", hash: "preparer", words: "work_pick", pictogram: "package", tint: "rose" },
  { act: "workshop.photos", hash: "photos", words: "work_photos", pictogram: "camera", tint: "peche" },
  { act: "workshop.answer", hash: "annonces", words: "work_write", pictogram: "pen-line", tint: "ciel" },
  { act: "intake.receive", hash: "peser", words: "work_receive", pictogram: "scale", tint: "menthe" },
  { act: "intake.sort", hash: "trier", words: "work_sort", pictogram: "shapes", tint: "lilas" },
  { act: "shop.stray", hash: "inconnu", words: "work_stray", pictogram: "package-x", tint: "peche" },
];
const BEGINS = [["/atelier/ranger/", "ranger"], ["/atelier/transport/", "transport"], ["/atelier/compter/", "compter"], ["/atelier/preparer/", "preparer"], ["/atelier/photos/", "photos"], ["/atelier/arrivage/", "peser"], ["/atelier/tri/", "trier"], ["/atelier/annonces/", "annonces"], ["/atelier/retours/", "inconnu"], ["/atelier/colis-inconnu/", "inconnu"]];
const toList = { words: say("see_list"), icon: "list", act: () => { location.hash = ""; } };

const nobody = () => screen({ title: say("nobody_title"), hint: say("nobody_hint"), art: "tablet", main: toList });

const drawWork = async (luggage) => {
  const rows = WORKS.filter(({ act }) => luggage.acts.includes(act)).map((work) => ({ ...work, label: say(work.words) }));
  screen({
    title: rows.length ? say("work_title") : say("work_none"),
    hint: rows.length ? "" : say("work_none_hint"),
    body: [choices(rows, ({ hash }) => { location.hash = hash; })],
    back: { words: say("leave"), icon: "log-out", act: leave },
    main: toList,
  });
};

const drawPage = async (path) => {
  const found = BEGINS.find(([start]) => path.startsWith(start));
  const luggage = await bag();
  const isOffered = found && luggage && WORKS.some(({ hash, act }) => hash === found[1] && luggage.acts.includes(act));
  history.replaceState(null, "", `#${isOffered ? found[1] : ""}`);
  await draw();
};
const told = (title, hint, kind) => () => screen({ title: say(title), art: "tablet", body: [note(say(hint), kind)], main: { words: say("go_on"), icon: "arrow-right", act: () => { location.hash = "travail"; } } });

const OPEN = { "": drawList, garde: drawSaved, jeter: drawDrop, page: drawPage, reseau: told("needs_title", "needs_hint", "warn"), plein: told("full_title", "full_hint", "bad"), parti: nobody };
const OWN = { travail: drawWork, ranger: drawStore, transport: drawCargo, compter: drawCount, preparer: drawPick, photos: drawPhotos, peser: drawReceive, trier: drawSort, annonces: drawAnswers, inconnu: drawStray };

const draw = async () => {
  const [name, ...rest] = location.hash.slice(1).split("=");
  const value = decodeURIComponent(rest.join("="));
  if (OPEN[name]) { await OPEN[name](value); return; }
  const luggage = await bag();
  if (!luggage || !OWN[name]) { nobody(); return; }
  await OWN[name](luggage, value);
};

const since = () => {
  const small = document.querySelector("[data-slot=since]");
  const kept_ = sessionStorage.getItem("rebond-since") ?? String(Date.now());
  sessionStorage.setItem("rebond-since", kept_);
  const at = new Date(Number(kept_));
  small.textContent = say("since", { hour: `${at.getHours()}\u00a0h\u00a0${String(at.getMinutes()).padStart(2, "0")}` });
};
const state = async () => {
  const isThere = await probe();
  document.body.dataset.network = isThere ? "yes" : "no";
  document.querySelector("[data-slot=network]").textContent = say(isThere ? "network" : "no_network");
  if (isThere) {
    sessionStorage.removeItem("rebond-since");
    document.querySelector("[data-slot=since]").textContent = "";
    await kept.flush();
  } else since();
};

window.addEventListener("hashchange", draw);
window.addEventListener("online", state);
window.addEventListener("offline", state);
document.addEventListener("rebond:idle", (event) => { event.preventDefault(); leave(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && OWN[location.hash.slice(1).split("=")[0]]) bag().then((found) => { if (!found) nobody(); }); });
kept.told.addEventListener("change", () => { if (["", "#"].includes(location.hash)) drawList(); });
const luggage = await bag();
if (luggage) document.querySelector("[data-rebond-idle]").dataset.rebondIdle = luggage.idle;
await draw();
state();
