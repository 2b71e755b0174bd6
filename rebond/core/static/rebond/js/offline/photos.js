// Pictures without network: scan the object, take them one after the other, scan the next. Each is on the disk as soon
// as it is taken.
import { readCode } from "./codes.js";
import { note, part, say, scanner, screen } from "./draw.js";
import { afterKeeping, owner } from "./flows.js";
import { watchFrame } from "../live.js";
import { openCamera } from "../scan.js";

const kept = globalThis.rebondKept;
const SHOTS = ["front", "back", "label", "detail", "flaw"];
const MOST = 12;
const WRONG = { place: "this_is_place", box: "this_is_place", badge: "this_is_badge", barcode: "this_is_barcode", unknown: "code_wrong" };
const go = (hash) => { if (location.hash === `#${hash}`) dispatchEvent(new HashChangeEvent("hashchange")); else location.hash = hash; };
const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, className: "klive" });
let stream = null;
let last = "";
watchFrame(video, () => document.querySelector("#stage [data-station-live]"));

const shotOf = (number) => SHOTS[Math.min(number, SHOTS.length - 1)];
const shut = () => { for (const track of stream?.getTracks() ?? []) track.stop(); stream = null; };
window.addEventListener("hashchange", () => { if (!location.hash.startsWith("#photos")) shut(); });

export const drawPhotos = async (luggage, text) => {
  const draft = await kept.get("draft");
  const mine = draft?.person === luggage.person ? draft : null;
  const found = text ? readCode(text) : null;
  if (found?.kind === "item") {
    if (mine && mine.code !== found.code && !(await finish(luggage))) return;
    if (mine?.code !== found.code) await kept.set("draft", { person: luggage.person, code: found.code, shown: found.shown, shots: [] });
    await shoot(luggage);
  } else if (mine && !found) await shoot(luggage);
  else {
    const error = found ? say(WRONG[found.kind]) : "";
    const body = [scanner({ label: say("code_thing"), error }, (code) => go(`photos=${encodeURIComponent(code)}`))];
    if (last) body.unshift(note(last, "ok"));
    last = "";
    screen({ where: say("work_photos"), title: say("scan_label"), hint: say("scan_label_hint"), body, back: { words: say("back"), icon: "arrow-left", act: () => { shut(); go("travail"); } } });
  }
};

const finish = async (luggage) => {
  const draft = await kept.get("draft");
  try {
    if (await kept.closeDraft(owner(luggage))) last = say("kept_photos", { name: draft.shown, n: draft.shots.length });
  } catch {
    go("plein");
    return false;
  }
  afterKeeping();
  return true;
};

const take = async (luggage, draft, blob) => {
  const facts = { person: luggage.person, code: draft.code, shown: draft.shown };
  try {
    await kept.draftShot({ ...facts, shot: shotOf(draft.shots.length), operation: crypto.randomUUID(), blob });
  } catch {
    go("plein");
    return;
  }
  await shoot(luggage);
};

const frame = async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d").drawImage(video, 0, 0);
  navigator.vibrate?.(30);
  return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.92); });
};

const shoot = async (luggage) => {
  const draft = await kept.get("draft");
  const number = draft.shots.length;
  const body = part("shoot");
  if (!stream) stream = await openCamera(video, { width: { ideal: 4032 }, height: { ideal: 3024 } });
  const finder = body.querySelector("[data-hole=finder]");
  const file = body.querySelector("[data-hole=file]");
  const shutter = body.querySelector("[data-hole=shutter]");
  [finder.hidden, file.hidden, shutter.hidden] = [!stream, Boolean(stream) || number >= MOST, !stream || number >= MOST];
  body.querySelector("[data-station-live]").hidden = !stream;
  if (stream) { finder.append(video); video.play().catch(() => {}); }
  shutter.addEventListener("click", async () => { const blob = await frame(); if (blob) await take(luggage, draft, blob); });
  const chosen = file.querySelector("input");
  chosen.addEventListener("change", () => { if (chosen.files[0]) take(luggage, draft, chosen.files[0]); });
  body.querySelector("[data-hole=shots]").append(...draft.shots.map(({ blob, shot }) => {
    const one = part("shot", { name: say(`shot_${shot}`) });
    const image = one.querySelector("img");
    image.src = URL.createObjectURL(blob);
    image.addEventListener("load", () => URL.revokeObjectURL(image.src));
    return one;
  }));
  const again = body.querySelector("[data-hole=again]");
  again.hidden = !number;
  again.addEventListener("click", async () => {
    await kept.set("draft", { ...draft, shots: draft.shots.slice(0, -1) });
    await shoot(luggage);
  });
  const wedge = body.querySelector("form[data-rebond-scan]");
  wedge.addEventListener("submit", (event) => { event.preventDefault(); go(`photos=${encodeURIComponent(wedge.elements.code.value)}`); });
  screen({
    where: draft.shown,
    title: say(number >= MOST ? "all_taken" : `shot_${shotOf(number)}`),
    hint: say("shots_hint"),
    body: [body],
    back: { words: say("back"), icon: "arrow-left", act: async () => { if (!number) await kept.remove("draft"); shut(); go("travail"); } },
    main: number ? { words: say("finished", { n: number }), icon: "check", act: async () => { if (await finish(luggage)) go("photos"); } } : null,
  });
};
