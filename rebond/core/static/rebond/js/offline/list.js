// What waits on this device, without anybody's name: what asks for somebody first, each with its own buttons.
import { icon, note, part, say, screen } from "./draw.js";
import { probe } from "./flows.js";

const kept = globalThis.rebondKept;
const SHOWN = {
  saved: { words: "state_saved", icon: "tablet-smartphone", kind: "" },
  sending: { words: "state_waiting", icon: "hourglass", kind: "" },
  waiting: { words: "state_waiting", icon: "hourglass", kind: "" },
  done: { words: "state_done", icon: "circle-check", kind: "is-ok" },
  refused: { words: "state_refused", icon: "circle-x", kind: "is-bad" },
  conflict: { words: "state_conflict", icon: "git-compare", kind: "is-warn" },
};
const ACTS = { "warehouse.store": ["warehouse", "sable"], "warehouse.cargo": ["truck", "ciel"], "warehouse.count": ["clipboard-list", "menthe"], "workshop.photos": ["camera", "peche"], "workshop.answer": ["pen-line", "ciel"], "intake.receive": ["scale", "menthe"], "intake.sort": ["shapes", "lilas"], "shop.stray": ["package-x", "peche"] };
const go = (hash) => { location.hash = hash; };

const hour = (act) => {
  if (!act.hours) return "";
  const at = new Date(act.wall);
  return `${at.getHours()}\u00a0h\u00a0${String(at.getMinutes()).padStart(2, "0")}`;
};
const detailOf = (act) => {
  if (act.words) return act.words;
  if (act.state === "refused") return say("refused_unknown");
  const count = act.count ? say("n_photos", { n: act.count }) : "";
  return [act.detail, count, hour(act)].filter(Boolean).join(", ");
};

const row = (act) => {
  const node = part("queue", { label: act.label || say(`act_${act.act}`), detail: detailOf(act) });
  const [pictogram, tint] = ACTS[act.act] ?? ["package", "sable"];
  const picture = node.querySelector(".picto");
  picture.style.setProperty("--tint", `var(--${tint})`);
  if (act.files[0]?.blob) {
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(act.files[0].blob);
    image.addEventListener("load", () => URL.revokeObjectURL(image.src));
    picture.append(image);
  } else picture.append(icon(pictogram));
  const state = SHOWN[act.state];
  const status = node.querySelector(".status");
  if (state.kind) status.classList.add(state.kind);
  status.prepend(icon(state.icon));
  status.querySelector("[data-slot]").textContent = say(state.words);
  const buttons = node.querySelector("[data-hole=buttons]");
  if (kept.isAsking(act)) {
    const words = say(act.state === "conflict" ? "send_anyway" : "send_again");
    buttons.append(button(words, "send", () => again(act)), button(say("drop"), "trash-2", () => go(`jeter=${act.operation}`)));
  } else if (act.link) buttons.append(link(act));
  else buttons.remove();
  return node;
};
const button = (words, pictogram, act) => {
  const node = part("button", { words });
  node.prepend(icon(pictogram));
  node.addEventListener("click", act);
  return node;
};
const link = (act) => {
  const node = part("link", { words: act.linkWords });
  node.href = act.link;
  node.prepend(icon("arrow-right"));
  return node;
};

const again = async (act) => {
  await kept.put({ ...act, state: "waiting", words: "", failed: 0, forced: act.state === "conflict" || act.forced });
  await kept.flush({ wait: 4000 });
};

const ORDER = { refused: 0, conflict: 0, sending: 1, saved: 1, waiting: 1, done: 2 };
let drawing = 0;
export const drawList = async () => {
  const turn = ++drawing;
  const acts = (await kept.all()).sort((a, b) => ORDER[a.state] - ORDER[b.state] || a.n - b.n);
  if (turn !== drawing) return;
  const focused = document.activeElement?.closest?.("#stage") ? null : document.activeElement;
  const open = acts.filter(kept.isOpen).length;
  const asking = acts.filter(kept.isAsking).length;
  const title = say(asking ? "list_asking" : open ? "list_open" : "list_empty");
  const hint = say(asking ? "list_asking_hint" : open ? "list_open_hint" : "list_empty_hint");
  const list = part("list");
  list.querySelector("ul").append(...acts.map(row));
  screen({
    title,
    hint,
    art: "tablet",
    body: acts.length ? [list] : [],
    back: open ? { words: say("try_now"), icon: "rotate-ccw", act: tryNow } : null,
    main: { words: say("go_on_working"), icon: "arrow-right", act: async () => { if (await probe()) location.assign("/atelier/"); else go("travail"); } },
  });
  focused?.focus?.({ preventScroll: true });
};

const tryNow = async () => {
  const before = (await kept.counts()).open;
  await kept.flush({ wait: 4000 });
  const { open } = await kept.counts();
  document.getElementById("called").textContent = say(open < before ? "sent_now" : "still_away");
};

// Thrown away only after a second touch: what it was is said.
export const drawDrop = async (operation) => {
  const act = await kept.find(operation);
  if (!act) { go(""); return; }
  screen({
    title: say("drop_title"),
    hint: say("drop_hint"),
    body: [note([act.label, act.detail].filter(Boolean).join(", ") || say(`act_${act.act}`), "warn")],
    back: { words: say("keep_it"), icon: "arrow-left", act: () => go("") },
    main: { words: say("drop_yes"), icon: "trash-2", act: async () => { await kept.drop(act.n); go(""); } },
  });
};
