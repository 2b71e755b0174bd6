// A bin counted without network: its label, each object, then the whole as one act. What was seen is on the disk at each
// scan, so a tab that is killed loses nothing. Nothing here knows what should be there.
import { readCode } from "./codes.js";
import { choices, field, part, say, scanner, screen } from "./draw.js";
import { done, keepAct } from "./flows.js";

const kept = globalThis.rebondKept;
const WRONG = { badge: "this_is_badge", barcode: "this_is_barcode", unknown: "code_wrong" };
const go = (hash) => { if (location.hash === `#${hash}`) dispatchEvent(new HashChangeEvent("hashchange")); else location.hash = hash; };
const back = (act) => ({ words: say("back"), icon: "arrow-left", act });
const home = () => go("travail");

// The count under way: begun on a page of the server, or here (`mine`: it has what no page knows).
const underWay = async (luggage) => {
  const found = await kept.get("count");
  if (!found || found.person !== luggage.person) return null;
  return found.mine || luggage.bins.some((one) => one.value === found.bin && one.round === found.round) ? found : null;
};
const save = async (draft) => {
  try { await kept.set("count", { ...draft, mine: true }); return true; } catch { go("plein"); return false; }
};
const shownCode = (code) => readCode(code).shown || code;

export const drawCount = async (luggage, text) => {
  const code = text ? readCode(text) : null;
  if (code) history.replaceState(null, "", "#compter"); // the same scan is not read again when the page is drawn anew
  const draft = await underWay(luggage);
  if (!draft) { await where(luggage, code); return; }
  await (code ? scanned(luggage, draft, code) : drawBin(luggage, draft));
};

const toCount = async (luggage) => {
  const sent = new Set((await kept.all()).filter((act) => act.act === "warehouse.count" && act.state !== "done").map((act) => act.fields.place));
  return luggage.bins.filter((one) => !sent.has(one.value));
};

const where = async (luggage, code) => {
  const bins = await toCount(luggage);
  const found = code && bins.find((one) => one.value === code.code);
  if (found) {
    const draft = { person: luggage.person, bin: found.value, label: found.label, round: found.round, seen: {}, began: Date.now() };
    if (await save(draft)) drawBin(luggage, draft);
    return;
  }
  if (!bins.length) {
    screen({ where: say("work_count"), title: say("none_to_count"), hint: say("none_to_count_hint"), back: back(home) });
    return;
  }
  const error = !code ? "" : say({ place: "not_counted", box: "not_counted", item: "count_place_first" }[code.kind] ?? WRONG[code.kind]);
  const body = [scanner({ label: say("code_place"), error }, (text) => go(`compter=${encodeURIComponent(text)}`))];
  screen({ where: say("work_count"), title: say("count_there", { place: bins[0].label }), hint: say("count_there_hint"), body, back: back(home) });
};

const scanned = async (luggage, draft, code) => {
  if (code.kind === "item") {
    const next = { ...draft, seen: { ...draft.seen, [code.code]: draft.seen[code.code] ?? 1 } };
    if (await save(next)) drawBin(luggage, next);
    return;
  }
  const isPlace = ["place", "box"].includes(code.kind);
  if (isPlace && code.code !== draft.bin && !Object.keys(draft.seen).length) {
    await kept.remove("count");
    await where(luggage, code);
    return;
  }
  drawBin(luggage, draft, isPlace ? (code.code === draft.bin ? "" : say("finish_place")) : say(WRONG[code.kind]));
};

const drawBin = (luggage, draft, error = "") => {
  const codes = Object.keys(draft.seen).reverse();
  const n = codes.length;
  const body = [scanner({ label: say("code_thing"), error }, (text) => go(`compter=${encodeURIComponent(text)}`))];
  const row = (code) => ({ label: shownCode(code), hint: draft.seen[code] > 1 ? say("units", { n: draft.seen[code] }) : "", pictogram: "package", code });
  if (n) body.push(choices(codes.map(row), (one) => drawUnits(luggage, draft, one.code)));
  const leaveIt = async () => { if (!n) await kept.remove("count"); home(); };
  screen({
    where: draft.label,
    title: n ? say("n_seen", { n }) : say("scan_each"),
    hint: n ? say("n_seen_hint") : "",
    body,
    back: back(leaveIt),
    main: { words: say(n ? "all_scanned" : "is_empty"), icon: "check", act: () => finish(luggage, draft) },
  });
};

const drawUnits = (luggage, draft, code, error = "") => {
  const form = field({ label: say("how_many"), mode: "numeric", value: String(draft.seen[code]), error }, async (text) => {
    if (!/^[1-9]\d{0,3}$/.test(text)) { drawUnits(luggage, draft, code, say("number_wrong")); return; }
    const next = { ...draft, seen: { ...draft.seen, [code]: Number(text) } };
    if (await save(next)) drawBin(luggage, next);
  });
  const away = part("button", { words: say("not_here") });
  away.addEventListener("click", async () => {
    const { [code]: _gone, ...seen } = draft.seen;
    if (await save({ ...draft, seen })) drawBin(luggage, { ...draft, seen });
  });
  screen({ where: draft.label, title: shownCode(code), body: [form, away], back: back(() => drawBin(luggage, draft)), main: { words: say("it_is_good"), icon: "check", form: form.id } });
};

const finish = async (luggage, draft) => {
  const n = Object.keys(draft.seen).length;
  const fields = { place: draft.bin, round: String(draft.round), seen: JSON.stringify(draft.seen), spent: String(Math.max(0, Date.now() - draft.began)) };
  if (!(await keepAct(luggage, { act: "warehouse.count", fields, label: draft.label, detail: n ? say("n_seen", { n }) : say("is_empty") }))) return;
  await kept.remove("count");
  await kept.set("luggage", { ...luggage, bins: luggage.bins.filter((one) => one.value !== draft.bin) });
  done(say("count_again"), "compter");
};
