// The photo table: the live camera under the outline, the shutter, each picture sent as it is taken. The page's own forms
// do the same without it. A label seen by the camera finishes this object and opens the next one.
import { watchFrame } from "./live.js";
import { openCamera, send, watchCodes } from "./scan.js";
import "./offline/store.js";

const CODE = /^[A-Z]{2,4}[-\s]?[0-9A-Z]{3}[-\s]?[0-9A-Z]{3}[-\s]?[0-9A-Z]$/i;
const PATIENCE = 30_000; // ms for a picture to leave
const station = () => document.getElementById("station");
const part = (name) => station()?.querySelector(`[data-station-${name}]`);
const video = document.createElement("video");
video.muted = true;
video.playsInline = true;
video.className = "klive";
let isLive = false;
let isBusy = false;

const say = (words) => { const box = part("said"); if (box) box.textContent = words; };

const tell = (words) => {
  say(words);
  const note = document.createElement("p");
  note.className = "note is-bad";
  note.textContent = words;
  part("live")?.before(note);
};

const upload = () => part("upload");

// The answer is the same table with the next shot: it takes the place of this one, the camera goes on.
const show = async (answer) => {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("station");
  if (!fresh) { location.assign(answer.url); return; }
  station().replaceWith(fresh);
  if (!answer.url.endsWith("/fin/")) history.replaceState(null, "", answer.url);
  const title = fresh.querySelector("h1");
  if (title) { title.tabIndex = -1; title.focus({ preventScroll: true }); }
  prepare();
};

const ask = async (address, options = {}) => {
  const answer = await fetch(address, { ...options, headers: { "HX-Request": "true" } });
  if (answer.headers.has("HX-Redirect")) { location.assign(answer.headers.get("HX-Redirect")); return; }
  if (answer.ok || answer.status === 422) await show(answer);
  else throw new Error(String(answer.status));
};

// No network: the device keeps the picture, under the operation that was sent, and goes on by itself.
const keepOnDevice = async (target, picture) => {
  const kept = globalThis.rebondKept;
  const luggage = navigator.serviceWorker?.controller ? await kept.get("luggage") : null;
  if (!luggage || !target) return false;
  const code = station().dataset.rebondStation;
  const { operation, shot } = target.elements;
  try {
    const before = await kept.get("draft");
    if (before && before.code !== code) await kept.closeDraft({ proof: luggage.proof, hours: luggage.hours });
    await kept.draftShot({ person: luggage.person, code, shown: station().dataset.name, shot: shot.value, operation: operation.value, blob: picture });
  } catch { return false; }
  location.assign(`/atelier/en-attente/#photos=${code}`);
  return true;
};

const sendPicture = async (picture) => {
  const target = upload();
  if (!target || isBusy) return;
  isBusy = true;
  station().classList.add("is-sending");
  say(station().dataset.sending);
  const body = new FormData(target); // the form's own operation: sent twice, it adds one picture
  body.set("photo", picture, "photo.jpg");
  try {
    await ask(target.action, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    if (await keepOnDevice(target, picture)) return;
    tell(station().dataset.unsent);
  }
  isBusy = false;
  station()?.classList.remove("is-sending");
};

const shoot = async () => {
  if (!isLive) { upload()?.elements.photo.click(); return; }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d").drawImage(video, 0, 0);
  const finder = part("finder");
  finder.classList.add("is-flash");
  setTimeout(() => finder.classList.remove("is-flash"), 200);
  navigator.vibrate?.(30);
  const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  if (picture) await sendPicture(picture);
};

const prepare = () => {
  const shutter = part("shutter");
  if (shutter) shutter.hidden = false;
  const target = upload();
  if (target) target.classList.toggle("is-live", isLive);
  const live = part("live");
  if (live) live.hidden = !isLive;
  if (isLive && part("finder")) {
    part("finder").prepend(video);
    video.play().catch(() => {});
  }
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-station-go]");
  if (event.target.closest("[data-station-shutter]")) shoot();
  else if (link && isLive) {
    event.preventDefault();
    ask(link.href).catch(() => location.assign(link.href));
  }
});
document.addEventListener("change", (event) => {
  if (event.target.id === "photo-file" && event.target.files[0]) upload().requestSubmit();
});
document.addEventListener("submit", (event) => {
  if (event.target === part("ways")) {
    event.preventDefault();
    const body = new FormData(event.target, event.submitter);
    ask(event.target.action, { method: "POST", body }).catch(() => tell(station().dataset.unsent));
    return;
  }
  if (event.target !== upload()) return;
  event.preventDefault();
  sendPicture(event.target.elements.photo.files[0]);
});

// A label is meant when it is seen for a second: those of other objects may pass behind.
let seen = { code: "", since: 0, last: 0 };
const nextObject = (text) => {
  const code = text.trim().replace(/\/+$/, "").split("/").pop();
  const plain = code.replace(/[-\s]/g, "").toUpperCase();
  if (isBusy || !CODE.test(code) || plain === station()?.dataset.rebondStation) return;
  const now = Date.now();
  if (seen.code !== plain || now - seen.last > 2000) seen = { code: plain, since: now, last: now };
  seen.last = now;
  if (now - seen.since > 900) send(plain);
};

const start = async () => {
  if (!station()) return;
  isLive = Boolean(await openCamera(video, { width: { ideal: 4032 }, height: { ideal: 3024 } }));
  prepare();
  if (!isLive) return;
  watchFrame(video, () => part("live"), () => !isBusy);
  watchCodes(video, nextObject, { isWanted: () => !isBusy && Boolean(part("finish")) }); // a lent phone scans nothing
};

document.addEventListener("htmx:afterSettle", () => { if (station()) prepare(); }); // a phone's picture came in
start();
// A picture chosen before this script came, on a slow network, is sent all the same.
if (document.getElementById("photo-file")?.files[0]) upload().requestSubmit();
