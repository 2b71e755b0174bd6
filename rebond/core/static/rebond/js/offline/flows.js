// What can be done without network, question by question: put away, weigh, sort. Each ends as one act that is kept.
import { readCode } from "./codes.js";
import { choices, field, note, part, say, scanner, screen } from "./draw.js";

const kept = globalThis.rebondKept;
const go = (hash) => { if (location.hash === `#${hash}`) dispatchEvent(new HashChangeEvent("hashchange")); else location.hash = hash; };
const home = () => go("travail");
const back = (act) => ({ words: say("back"), icon: "arrow-left", act });

// What the person took along when the network was there; nothing where nobody is signed in, or nobody touched the
// screen for as long as the site allows (a tablet that slept, or was opened again).
export const bag = async () => {
  const found = await kept.get("luggage");
  if (!found) return null;
  const gone = Date.now() - ((await kept.get("touched")) ?? found.wall);
  if (gone < found.idle * 60_000) return found;
  await kept.set("left", [["csrfmiddlewaretoken", found.csrf]]);
  await kept.forgetPerson();
  return null;
};

export const probe = async () => {
  try {
    const answer = await fetch("/atelier/application.webmanifest", { cache: "no-store", signal: AbortSignal.timeout(4000) });
    return answer.ok;
  } catch { return false; }
};

// Nothing of the person stays: their session ends on the server as soon as it can be reached.
export const leave = async () => {
  const found = await kept.get("luggage");
  if (found) await kept.set("left", [["csrfmiddlewaretoken", found.csrf]]);
  await kept.forgetPerson();
  await kept.flush();
  if (await probe()) location.assign("/atelier/");
  else go("parti");
};

export const owner = (luggage) => ({ proof: luggage.proof, hours: luggage.hours });

// Kept on the disk before the screen says so; sent at once where the network is there.
export const keepAct = async (luggage, act) => {
  try {
    await kept.add({ operation: crypto.randomUUID(), ...owner(luggage), ...act });
  } catch {
    go("plein");
    return false;
  }
  afterKeeping();
  return true;
};
export const afterKeeping = () => {
  kept.flush();
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("rebond")).catch(() => {});
};

// --- put away: the object or the box, then the place
let last = "";
const WRONG = { place: "this_is_place", badge: "this_is_badge", barcode: "this_is_barcode", unknown: "code_wrong" };

export const drawStore = async (luggage, text) => {
  const thing = text ? readCode(text) : null;
  if (thing && ["item", "box"].includes(thing.kind)) { drawPlace(luggage, thing); return; }
  const error = thing ? say(WRONG[thing.kind]) : "";
  const body = [scanner({ label: say("code_thing"), error }, (code) => go(`ranger=${encodeURIComponent(code)}`))];
  if (last) body.unshift(note(last, "ok"));
  last = "";
  screen({ where: say("work_store"), title: say("scan_thing"), hint: say("scan_thing_hint"), body, back: back(home) });
};

const drawPlace = (luggage, thing, error = "") => {
  const put = async (text) => {
    const place = readCode(text);
    if (place.kind === "item" && place.code !== thing.code) { go(`ranger=${place.code}`); return; }
    const isRight = place.kind === "place" || (place.kind === "box" && place.code !== thing.code);
    if (!isRight) {
      drawPlace(luggage, thing, say(place.kind === "item" ? "now_the_place" : place.kind === "box" ? "box_itself" : WRONG[place.kind]));
      return;
    }
    const before = (await kept.all()).filter((act) => act.act === "warehouse.store" && kept.isOpen(act) && act.fields.thing === thing.code).at(-1);
    const isKept = before?.fields.code === place.code || (await keepAct(luggage, { act: "warehouse.store", fields: { thing: thing.code, code: place.code }, label: thing.shown, detail: place.shown }));
    if (!isKept) return;
    last = say("kept_at", { name: thing.shown, place: place.shown });
    go("ranger");
  };
  screen({
    where: thing.shown,
    title: say(thing.kind === "box" ? "scan_shelf" : "scan_place"),
    hint: say("scan_place_hint"),
    body: [scanner({ label: say("code_place"), error }, put)],
    back: back(() => go("ranger")),
  });
};

// --- a vehicle: what goes in, or comes out, one scan after the other. Its end needs the network.
export const drawCargo = (luggage, id, error = "") => {
  const where = say("work_cargo");
  const found = luggage.transports.find((one) => one.value === id);
  if (!found) {
    const body = [choices(luggage.transports, (one) => go(`transport=${one.value}`))];
    const none = !luggage.transports.length;
    screen({ where, title: say(none ? "no_transport" : "which_transport"), hint: none ? say("no_transport_hint") : "", body: none ? [] : body, back: back(home) });
    return;
  }
  const scanned = async (text) => {
    const thing = readCode(text);
    if (!["item", "box"].includes(thing.kind)) { drawCargo(luggage, id, say(WRONG[thing.kind])); return; }
    const fields = { transport: found.value, way: found.way, code: thing.code };
    const before = (await kept.all()).some((act) => act.act === "warehouse.cargo" && kept.isOpen(act) && act.fields.code === thing.code && act.fields.way === found.way);
    if (!before && !(await keepAct(luggage, { act: "warehouse.cargo", fields, label: thing.shown, detail: found.label }))) return;
    last = say("kept_cargo", { name: thing.shown });
    drawCargo(luggage, id);
  };
  const body = [scanner({ label: say("code_thing"), error }, scanned)];
  if (last) body.unshift(note(last, "ok"));
  last = "";
  screen({ where: found.label, title: say(found.way === "in" ? "scan_in" : "scan_out"), hint: say("cargo_hint"), body, back: back(() => go("transport")) });
};

// --- weights: what the server reads is what was typed; here only that it is one
const WEIGHT = /^\d{1,5}([.,]\d{1,3})?\s*(kg|g)?$/i;
const askWeight = ({ where, title, hint, goBack, body = [], error = "" }, act) => {
  const form = field({ label: say("weight_label"), hint, mode: "decimal", error }, (text) => {
    if (WEIGHT.test(text) && Number.parseFloat(text.replace(",", ".")) > 0) act(text);
    else askWeight({ where, title, hint, goBack, body, error: say("weight_wrong") }, act);
  });
  screen({ where, title, body: [form, ...body], back: back(goBack), main: { words: say("it_is_good"), icon: "check", form: form.id } });
};

// --- the dock
export const drawReceive = (luggage) => {
  const where = say("work_receive");
  const sources = () => screen({ where, title: say("where_from"), body: [choices(luggage.sources, (source) => facts({ ...source, told: {} }))], back: back(home) });
  const facts = (source, error = "") => {
    const fact = source.facts.find(({ name }) => !(name in source.told));
    if (!fact) { flows(source); return; }
    const tell = (text) => {
      if (fact.is_number && text && !/^\d{5}$/.test(text)) facts(source, say("postcode_wrong"));
      else facts({ ...source, told: { ...source.told, [fact.name]: text } });
    };
    const form = field({ label: say("your_answer"), hint: fact.hint, mode: fact.is_number ? "numeric" : "", error }, (text) => { if (text) tell(text); });
    const skip = part("button", { words: say("dont_know") });
    skip.addEventListener("click", () => tell(""));
    screen({ where: source.label, title: fact.title, body: [form, skip], back: back(sources), main: { words: say("next"), icon: "arrow-right", form: form.id } });
  };
  const flows = (source) => screen({ where: source.label, title: say("what"), body: [choices(luggage.flows, (flow) => container(source, flow))], back: back(sources) });
  const container = (source, flow) => {
    if (!luggage.containers.length) { weigh(source, flow, null); return; }
    const rows = [{ value: "", label: say("nothing_under") }, ...luggage.containers];
    screen({ where: flow.label, title: say("what_under"), body: [choices(rows, (chosen) => weigh(source, flow, chosen))], back: back(() => flows(source)) });
  };
  const weigh = (source, flow, chosen) => askWeight({ where: flow.label, title: say("put_on_scale"), hint: say("weight_hint"), goBack: () => container(source, flow) }, async (text) => {
    const fields = { source: source.value, flow: flow.value, gross_g: text, container: chosen?.value ?? "", ...source.told };
    if (await keepAct(luggage, { act: "intake.receive", fields, label: flow.label, detail: `${source.label}, ${text}${/g$/i.test(text) ? "" : "\u00a0kg"}` })) done(say("weigh_again"), "peser", luggage.asks_who ? say("who_later") : "");
  });
  sources();
};

export const done = (words, hash, warning = "") => {
  const body = warning ? [note(warning, "warn")] : [];
  screen({ title: say("kept_title"), hint: say("kept_hint"), art: "tablet", body, back: { words: say("see_list"), icon: "list", act: () => go("") }, main: { words, icon: "arrow-right", act: () => go(hash) } });
};

// --- the sorting table
export const drawSort = (luggage) => {
  const where = say("work_sort");
  const arrival = () => {
    if (!luggage.arrivals.length) { universe({ value: "", label: where }); return; }
    const rows = [...luggage.arrivals, { value: "", label: say("no_arrival") }];
    screen({ where, title: say("which_arrival"), body: [choices(rows, universe)], back: back(home) });
  };
  const universe = (from) => screen({ where: from.label, title: say("what"), body: [choices(luggage.categories, (chosen) => leaf(from, chosen))], back: back(luggage.arrivals.length ? arrival : home) });
  const leaf = (from, chosen) => screen({ where: chosen.label, title: say("which_one"), body: [choices(chosen.children, (category) => weigh(from, chosen, category))], back: back(() => universe(from)) });
  const weigh = (from, chosen, category) => askWeight({ where: category.label, title: say("put_on_scale"), hint: say("weight_hint"), goBack: () => leaf(from, chosen) }, (text) => outcome(from, chosen, category, text));
  const outcome = (from, chosen, category, weight) => {
    const rows = luggage.outcomes.filter((row) => row.safe || !category.stop);
    const body = [choices(rows, async (way) => {
      const fields = { c: category.value, weight_g: weight, quantity: "1", outcome: way.value, donation: from.value };
      if (await keepAct(luggage, { act: "intake.sort", fields, label: category.label, detail: way.label })) done(say("sort_again"), "trier");
    })];
    if (category.stop) body.unshift(note(say("stopped"), "warn"));
    screen({ where: category.label, title: say("where_to"), hint: say("no_advice"), body, back: back(() => weigh(from, chosen, category)) });
  };
  arrival();
};

// --- a form of a page was kept: said, with the way to go on
const NEXT = { "warehouse.store": "ranger", "warehouse.cargo": "transport", "workshop.photos": "photos", "intake.receive": "peser", "intake.sort": "trier", "workshop.answer": "annonces", "warehouse.count": "compter" };
export const drawSaved = async (operation) => {
  const act = await kept.find(operation);
  if (!act || act.state === "done") { go(""); return; }
  const next = NEXT[act.act] ?? "travail";
  const more = { "workshop.photos": act.fields.code, "warehouse.cargo": act.fields.transport }[act.act];
  screen({
    title: say("kept_title"),
    hint: say("kept_hint"),
    art: "tablet",
    body: act.label ? [note(act.label, "ok")] : [],
    back: { words: say("see_list"), icon: "list", act: () => go("") },
    main: { words: say("go_on"), icon: "arrow-right", act: () => go(more ? `${next}=${encodeURIComponent(more)}` : next) },
  });
};
