// A parcel that nobody expects, without network: its number, two pictures, a few words, where it is put. Each answer is
// on the disk before the next question.
import { readCode } from "./codes.js";
import { field, note, part, say, scanner, screen } from "./draw.js";
import { done, keepAct } from "./flows.js";

const kept = globalThis.rebondKept;
const KINDS = ["parcel", "label"];
const home = () => { location.hash = "travail"; };

const save = async (luggage, draft) => {
  try {
    await kept.set("stray", draft);
  } catch {
    location.hash = "plein";
    return;
  }
  await ask(luggage, draft);
};

// `code`: what was scanned, or what its page had begun.
export const drawStray = async (luggage, code) => {
  const before = await kept.get("stray");
  const mine = before?.person === luggage.person ? before : null;
  if (code && mine?.code !== code) await save(luggage, { person: luggage.person, code, shots: [] });
  else if (mine) await ask(luggage, mine);
  else number(luggage);
};

const number = (luggage, error = "") => {
  const seen = (text) => {
    if (readCode(text).kind === "badge") number(luggage, say("this_is_badge"));
    else save(luggage, { person: luggage.person, code: text.trim().slice(0, 60), shots: [] });
  };
  const none = part("button", { words: say("stray_no_code") });
  none.addEventListener("click", () => save(luggage, { person: luggage.person, code: "", shots: [] }));
  screen({ where: say("work_stray"), title: say("stray_number"), hint: say("stray_number_hint"), body: [scanner({ label: say("stray_code"), error }, seen), none], back: { words: say("back"), icon: "arrow-left", act: home } });
};

const ask = async (luggage, draft) => {
  const missing = KINDS.find((kind) => !draft.shots.some((one) => one.kind === kind) && !(kind === "label" && draft.bare));
  if (missing) picture(luggage, draft, missing);
  else if (draft.note === undefined) words(luggage, draft);
  else place(luggage, draft);
};
const where = (draft) => draft.code || say("work_stray");
const stop = (luggage) => ({ words: say("stray_drop"), icon: "trash-2", act: async () => { await kept.remove("stray"); number(luggage); } });

const picture = (luggage, draft, kind) => {
  const file = part("shoot").querySelector("[data-hole=file]");
  file.hidden = false;
  const chosen = file.querySelector("input");
  chosen.addEventListener("change", () => {
    if (chosen.files[0]) save(luggage, { ...draft, shots: [...draft.shots, { kind, operation: crypto.randomUUID(), blob: chosen.files[0] }] });
  });
  const body = [file];
  if (kind === "label") {
    const bare = part("button", { words: say("stray_bare") });
    bare.addEventListener("click", () => save(luggage, { ...draft, bare: true }));
    body.unshift(note(say("stray_taken"), "ok"));
    body.push(bare);
  }
  screen({ where: where(draft), title: say(`stray_${kind}`), hint: say(`stray_${kind}_hint`), body, back: stop(luggage) });
};

const words = (luggage, draft) => {
  const form = field({ label: say("stray_words"), hint: say("stray_words_hint") }, (text) => save(luggage, { ...draft, note: text }));
  screen({ where: where(draft), title: say("stray_see"), body: [form], back: stop(luggage), main: { words: say("go_on"), icon: "arrow-right", form: form.id } });
};

const place = (luggage, draft, error = "") => {
  const form = field({ label: say("stray_place"), hint: say("stray_place_hint"), error }, async (text) => {
    if (!text) { place(luggage, draft, say("stray_place_wrong")); return; }
    const fields = { code: draft.code, note: draft.note, place: text.slice(0, 80), shots: JSON.stringify(draft.shots.map(({ kind, operation }) => ({ kind, operation }))) };
    const files = draft.shots.map(({ blob }, n) => ({ name: `photo-${n}`, blob }));
    if (!(await keepAct(luggage, { act: "shop.stray", fields, files, count: files.length, label: draft.code || say("act_shop.stray"), detail: text }))) return;
    await kept.remove("stray");
    done(say("stray_next"), "inconnu");
  });
  screen({ where: where(draft), title: say("stray_put"), body: [form], back: stop(luggage), main: { words: say("it_is_good"), icon: "check", form: form.id } });
};
