// Photos of an item: files sent one by one with their progress, each refusal beside its name, drag to order.
// Without this module the same forms work: choose, send, buttons.
const panel = () => document.querySelector("[data-rebond-photos]");
const waiting = [];
let busy = false;

const form = () => panel()?.querySelector("[data-rebond-upload]");
const row = (upload) => upload.element;

function show(upload, state, text) {
  const label = row(upload).querySelector(".upload-state");
  upload.state = state;
  row(upload).dataset.state = state;
  label.textContent = text ?? label.dataset[state] ?? "";
  row(upload).querySelector("button").hidden = state !== "fail";
  row(upload).querySelector("progress").hidden = !["wait", "send"].includes(state);
}

function add(files) {
  const target = form();
  if (!target) return;
  for (const file of files) {
    const element = target.querySelector("template").content.firstElementChild.cloneNode(true);
    const upload = { file, element, state: "wait" };
    element.querySelector(".upload-name").textContent = file.name;
    element.querySelector("button").addEventListener("click", () => { show(upload, "wait"); waiting.push(upload); next(); });
    target.querySelector(".uploads").append(element);
    if (file.size > Number(target.dataset.maxBytes)) show(upload, "heavy");
    else { show(upload, "wait"); waiting.push(upload); }
  }
  next();
}

function send(upload) {
  const target = form();
  const body = new FormData();
  body.set("csrfmiddlewaretoken", target.elements.csrfmiddlewaretoken.value);
  body.set("photos", upload.file, upload.file.name);
  const request = new XMLHttpRequest();
  request.open("POST", target.action);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.onprogress = (event) => { if (event.lengthComputable) row(upload).querySelector("progress").value = (100 * event.loaded) / event.total; };
  return new Promise((done) => {
    request.onloadend = () => done(request);
    show(upload, "send");
    request.send(body);
  });
}

// One at a time: the order of the choice is the order of the photos.
async function next() {
  if (busy) return;
  busy = true;
  let added = 0;
  for (let upload = waiting.shift(); upload; upload = waiting.shift()) {
    const request = await send(upload);
    const answer = request.response;
    if (request.status === 201) { added += 1; show(upload, "done"); }
    else if (request.status === 200 && answer?.refused?.length) show(upload, "refused", answer.refused[0].reason);
    else show(upload, "fail");
  }
  busy = false;
  if (added) await refresh();
}

// The fresh panel, with the rows of what was refused or did not leave put back: nothing is lost.
async function refresh() {
  const old = panel();
  const kept = [...old.querySelectorAll(".upload")].filter((element) => element.dataset.state !== "done");
  const response = await fetch(old.dataset.rebondPhotos, { headers: { "HX-Request": "true" } });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-rebond-photos]");
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
  prepare();
  const list = fresh.querySelector(".uploads");
  if (list) list.append(...kept);
  else fresh.append(...kept);
}

function prepare() {
  form()?.querySelector(".drop-hint")?.removeAttribute("hidden");
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.closest("[data-rebond-upload]")) return;
  const files = [...input.files];
  input.value = "";
  add(files);
});

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
document.addEventListener("dragover", (event) => {
  const target = form();
  if (!target || !hasFiles(event)) return;
  event.preventDefault();
  target.classList.add("is-over");
});
for (const name of ["dragleave", "drop"]) document.addEventListener(name, (event) => { if (name === "drop" || !event.relatedTarget) form()?.classList.remove("is-over"); });
document.addEventListener("drop", (event) => {
  if (!form() || !hasFiles(event)) return;
  event.preventDefault();
  add([...event.dataTransfer.files]);
});

// Drag a photo to another place; the buttons do the same for touch and keyboard.
let dragged = null;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".photo-tile[draggable]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.photo);
  dragged.classList.add("is-dragged");
});
document.addEventListener("dragover", (event) => {
  const over = dragged && event.target.closest?.(".photo-tile");
  if (!over) return;
  event.preventDefault();
  if (over === dragged) return;
  const tiles = [...over.parentElement.children];
  if (tiles.indexOf(over) < tiles.indexOf(dragged)) over.before(dragged);
  else over.after(dragged);
});
document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("is-dragged");
  const moves = dragged.querySelector(".photo-moves");
  const order = [...dragged.parentElement.children].map((tile) => tile.dataset.photo).join(",");
  dragged = null;
  window.htmx?.ajax("POST", moves.action, { target: "#photos", swap: "outerHTML", values: { order, csrfmiddlewaretoken: moves.elements.csrfmiddlewaretoken.value } });
});

// A text field inside keeps its own dragging: selecting words.
document.addEventListener("pointerdown", (event) => {
  const tile = event.target.closest?.(".photo-tile");
  if (tile?.hasAttribute("draggable")) tile.draggable = !event.target.closest("input, button");
});

// After a swap the focus stays on the same control of the same photo, or on its neighbour.
let last = "";
let rows = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "photos") rows = [...event.detail.target.querySelectorAll(".upload")];
});
document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.closest?.("[data-rebond-photos]")) last = document.activeElement?.id ?? ""; });
document.addEventListener("htmx:afterSettle", () => {
  prepare();
  (panel()?.querySelector(".uploads") ?? panel())?.append(...rows.filter((element) => !element.isConnected));
  rows = [];
  if (!last || (document.activeElement && document.activeElement !== document.body)) return;
  const same = document.getElementById(last);
  const tile = same?.closest(".photo-tile");
  (same && !same.disabled ? same : tile?.querySelector("button:not(:disabled)") ?? document.getElementById("photo-undo") ?? document.getElementById("t-photos"))?.focus();
  last = "";
});
prepare();
