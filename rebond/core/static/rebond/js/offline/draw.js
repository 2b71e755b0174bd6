// The parts of the screens that work without network: each is a template of the page, filled with words.
import { openCamera, watchCodes } from "../scan.js";

const words = JSON.parse(document.getElementById("offline-words").textContent);
const stage = document.getElementById("stage");

// say("n_photos", { n: 3 }): the sentence of this name, in the page's language.
export const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`%(${key})s`, value), words[name] ?? name);

export const part = (name, texts = {}) => {
  const node = document.getElementById(`part-${name}`).content.firstElementChild.cloneNode(true);
  for (const [slot, text] of Object.entries(texts)) {
    const target = node.matches(`[data-slot="${slot}"]`) ? node : node.querySelector(`[data-slot="${slot}"]`);
    if (target) target.textContent = text;
  }
  for (const slot of node.querySelectorAll("[data-slot]:empty:not([data-keep])")) slot.hidden = true;
  return node;
};
export const icon = (name) => document.getElementById(`icon-${name}`)?.content.firstElementChild.cloneNode(true) ?? document.createElement("span");

const stopWatching = [];
// One screen: title, words, what it holds, the way back, the way on ({ words, icon, act }). Its title takes the focus.
export const screen = ({ where = "", title, hint = "", art = "", body = [], back, main }) => {
  while (stopWatching.length) stopWatching.pop()();
  const node = part("screen", { title, hint });
  if (art) node.querySelector("[data-hole=art]").append(part(`art-${art}`));
  node.querySelector("[data-hole=body]").append(...body);
  document.querySelector("[data-slot=where]").textContent = where;
  const foot = part("foot");
  for (const [name, button] of [["back", back], ["main", main]]) {
    const target = foot.querySelector(`[data-hole=${name}]`);
    if (!button) { target.remove(); continue; }
    target.querySelector("[data-slot]").textContent = button.words;
    if (button.icon === "arrow-right") target.append(icon(button.icon));
    else if (button.icon) target.prepend(icon(button.icon));
    if (button.form) target.setAttribute("form", button.form), target.setAttribute("type", "submit");
    target.addEventListener("click", () => button.act?.());
  }
  stage.replaceChildren(node, ...(foot.children.length ? [foot] : []));
  const heading = stage.querySelector("h1");
  heading.tabIndex = -1;
  if (!stage.querySelector("[autofocus]")) heading.focus({ preventScroll: true });
  else stage.querySelector("[autofocus]").focus({ preventScroll: true });
  scrollTo(0, 0);
  return node;
};

export const note = (text, kind = "bad") => {
  const node = part("note", { words: text });
  node.classList.add(`is-${kind}`);
  node.prepend(icon(kind === "ok" ? "circle-check" : "circle-alert"));
  if (kind === "bad") node.setAttribute("role", "alert");
  return node;
};

// A choice is a button: { label, hint, icon (a name, or markup of ours) }.
export const choice = ({ label, hint = "", svg = "", pictogram = "", tint = "sable" }, act) => {
  const node = part("choice", { label, hint });
  const disc = node.querySelector(".picto");
  if (svg) disc.innerHTML = svg; // markup of our own server, from the luggage
  else if (pictogram) disc.append(icon(pictogram));
  else disc.remove();
  disc.style.setProperty("--tint", `var(--${tint})`);
  node.addEventListener("click", act);
  return node;
};
export const choices = (rows, act) => {
  const node = part("choices");
  if (rows.length > 5) node.classList.add("kchoices--tight", "kchoices--many");
  node.append(...rows.map((row) => choice(row, () => act(row))));
  return node;
};

// A line to type: { label, hint, mode (decimal), error }. `act(text)` when it is sent.
export const field = ({ label, hint = "", mode = "", error = "", value = "" }, act) => {
  const node = part("field", { label, hint });
  const input = node.querySelector("input");
  if (mode) input.inputMode = mode;
  input.value = value;
  if (error) node.prepend(note(error));
  node.addEventListener("submit", (event) => { event.preventDefault(); act(input.value.trim()); });
  return node;
};

// A code: by the camera where the browser reads codes by itself, by a reader that types, or by hand.
export const scanner = ({ label, error = "" }, act) => {
  const node = part("scan", { label });
  if (error) node.prepend(note(error));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = node.elements.code.value;
    node.elements.code.value = "";
    if (text.trim()) act(text);
  });
  if (window.BarcodeDetector) look(node);
  return node;
};
const look = async (node) => {
  const view = node.querySelector("[data-hole=view]");
  const video = view.querySelector("video");
  const stream = await openCamera(video);
  if (!stream) return;
  stopWatching.push(() => { for (const track of stream.getTracks()) track.stop(); });
  view.hidden = false;
  let last = "";
  watchCodes(video, (code) => {
    if (code === last) return;
    last = code;
    navigator.vibrate?.(60);
    node.elements.code.value = code;
    node.requestSubmit();
  });
};
