// A round picked without network: the object's label, then its slot, each pair kept as one act. What is missing waits for
// the network: nobody is refunded by a tablet that cannot look.
import { readCode } from "./codes.js";
import { choices, note, say, scanner, screen } from "./draw.js";
import { keepAct } from "./flows.js";

const kept = globalThis.rebondKept;
const ACT = "warehouse.pick";
const WRONG = { badge: "this_is_badge", barcode: "this_is_barcode", unknown: "code_wrong", box: "pick_place", place: "pick_place" };
const home = () => { location.hash = "travail"; };
const back = (act) => ({ words: say("back"), icon: "arrow-left", act });
const later = new Set(); // lines put off, on this screen only
let last = "";

// What a scan stopped goes with the next act, so that somebody shows it to who learns: a lesson, never a count.
const stop = async (luggage, lesson) => {
  luggage.stopped = [...new Set([...(luggage.stopped ?? []), lesson])];
  await kept.set("luggage", luggage);
};
const lessonOf = (code, next) => (code.kind === "place" || code.kind === "box" ? (code.code === next.at ? "" : "place") : "object");

// Lines of the person's round that are not taken yet, those put off last. What was taken here stays marked once it is
// sent. Units of a batch have one code on several lines: each line counts for itself, where the act names it.
const left = async (luggage) => {
  const rows = (await kept.all()).filter((act) => act.act === ACT && kept.isOpen(act)).map((act) => act.fields);
  const isKept = (one) => rows.some((row) => (row.line ? row.line === one.line : row.code === one.code));
  const found = luggage.picks.filter((one) => !one.taken && !isKept(one));
  return [...found.filter((one) => !later.has(one.line)), ...found.filter((one) => later.has(one.line))];
};

export const drawPick = async (luggage, text) => {
  if (text) history.replaceState(null, "", "#preparer"); // the same scan is not read again when the page is drawn anew
  const lines = await left(luggage);
  if (!lines.length) {
    const title = luggage.picks.length ? "pick_over" : "no_round";
    screen({ where: say("work_pick"), title: say(title), hint: say(`${title}_hint`), back: back(home) });
    return;
  }
  const code = text ? readCode(text) : null;
  const line = code && lines.find((one) => one.code === code.code);
  if (line) { await toSlot(luggage, line); return; }
  if (code && lessonOf(code, lines[0])) await stop(luggage, lessonOf(code, lines[0]));
  drawNext(luggage, lines, code ? say(WRONG[code.kind] ?? "pick_other") : "");
};

const drawNext = (luggage, lines, error) => {
  const [next] = lines;
  const body = [scanner({ label: say("code_thing"), error }, (text) => drawPick(luggage, text))];
  if (last) body.unshift(note(last, "ok"));
  last = "";
  screen({
    where: next.place,
    title: next.label,
    hint: say("pick_hint", { code: readCode(next.code).shown }),
    body,
    back: back(home),
    main: lines.length > 1 ? { words: say("pick_later"), icon: "arrow-right", act: () => { later.delete(next.line); later.add(next.line); drawPick(luggage); } } : undefined,
  });
};

const toSlot = async (luggage, line, error = "") => {
  const slots = luggage.slots[line.task];
  if (slots.length === 1) { await keep(luggage, line); return; }
  const body = [choices(slots.map((slot) => ({ label: say("pick_slot", { n: slot }), slot })), async ({ slot }) => {
    if (slot === line.slot) { await keep(luggage, line); return; }
    await stop(luggage, "slot");
    await toSlot(luggage, line, say("pick_wrong_slot", { n: line.slot }));
  })];
  if (error) body.unshift(note(error));
  screen({ where: line.label, title: say("pick_put", { n: line.slot }), body, back: back(() => drawPick(luggage)) });
};

const keep = async (luggage, line) => {
  const fields = { task: line.task, line: line.line, code: line.code, slot: String(line.slot), stopped: (luggage.stopped ?? []).join(" ") };
  if (!(await keepAct(luggage, { act: ACT, fields, label: line.label, detail: say("pick_slot", { n: line.slot }) }))) return;
  line.taken = true;
  luggage.stopped = [];
  await kept.set("luggage", luggage);
  last = say("kept_pick", { name: line.label, n: line.slot });
  if (line.empties) askEmpty(luggage, line);
  else await drawPick(luggage);
};

// Nothing should be left in its place: what the person sees there is one act more.
const askEmpty = (luggage, line) => {
  const answers = ["yes", "no"].map((empty) => ({ label: say(`empty_${empty}`), empty }));
  const body = [choices(answers, async ({ empty, label }) => {
    const fields = { place: line.empties, empty };
    if (await keepAct(luggage, { act: "warehouse.empty", fields, label: line.place, detail: label })) await drawPick(luggage);
  })];
  if (last) body.unshift(note(last, "ok"));
  screen({ where: line.place, title: say("empty_ask", { place: line.place }), body, back: back(() => drawPick(luggage)) });
};
