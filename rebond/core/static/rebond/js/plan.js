// The plan of a site, drawn beside its tables: pulling an end, or the arrow keys on it, changes the numbers of its row;
// a line drawn on the empty floor is a new aisle. The tables alone work without this module.
const form = document.querySelector("[data-rebond-plan]");
const picture = document.getElementById("plan");
const SVG = "http://www.w3.org/2000/svg";
const STEP = 50; // centimetres: half a metre
const ground = picture?.querySelector("[data-plan-floor]");
const GAP = 300; // between two floors, which lie side by side
const MARGIN = 150;
const TARGET = 24; // CSS pixels that a finger is given at least (WCAG 2.2, 2.5.8)
const SCALE = 0.08; // CSS pixels for a centimetre at least: ends of aisles three metres apart are a target apart
const TURNS = 60;

const rowsOf = (key) => [...form.querySelectorAll(`[data-plan-row="${key}"]`)];
const input = (row, name) => row.querySelector(`[name$="-${name}"]`);
const isGone = (row) => input(row, "DELETE")?.checked || !input(row, "name")?.value.trim();

function metres(row, name) {
  const value = Number.parseFloat((input(row, name)?.value ?? "").replace(",", "."));
  return Number.isNaN(value) ? null : Math.round(value * 100);
}
const write = (row, name, cm) => {
  input(row, name).value = String(cm / 100).replace(".", ",");
  input(row, name).dispatchEvent(new Event("change", { bubbles: true }));
};
const floorOf = (row, name) => Number.parseInt(input(row, name)?.value || "0", 10) || 0;

// What the tables say now: ways with both ends, stands; a row that is not whole yet is left out.
function read() {
  const ways = [];
  for (const [key, floors] of [["aisles", ["floor", "floor"]], ["stairs", ["floor1", "floor2"]]]) {
    for (const row of rowsOf(key)) {
      if (isGone(row)) continue;
      const ends = [1, 2].map((n) => ({ row, x: `x${n}`, y: `y${n}`, at: [metres(row, `x${n}`), metres(row, `y${n}`)], floor: floorOf(row, floors[n - 1]) }));
      if (ends.some((end) => end.at.includes(null))) continue;
      [ends[0].other, ends[1].other] = [ends[1].at, ends[0].at];
      ways.push({ name: input(row, "name").value, ends, isStairs: key === "stairs", isOneWay: input(row, "one_way").checked });
    }
  }
  const stands = rowsOf("stands").filter((row) => !isGone(row) && metres(row, "x") !== null && metres(row, "y") !== null)
    .map((row) => ({ name: input(row, "name").value, row, x: "x", y: "y", at: [metres(row, "x"), metres(row, "y")], floor: floorOf(row, "floor") }));
  return { ways, stands };
}

function put(name, attributes, text, parent = picture) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}

let floors = [0];
let width = 0;
const shift = (floor) => Math.max(0, floors.indexOf(floor)) * (width + GAP);

function dots(ways) {
  for (const row of rowsOf("racks")) {
    const way = ways.find((one) => !one.isStairs && one.name === input(row, "passage").value.trim());
    const first = metres(row, "first");
    const pitch = metres(row, "pitch");
    if (!way || first === null || pitch === null) continue;
    const [[x1, y1], [x2, y2]] = way.ends.map((end) => end.at);
    const length = Math.max(1, Math.hypot(x2 - x1, y2 - y1));
    for (let n = 0; n < Math.max(1, Number(row.dataset.bays)); n += 1) {
      const share = (first + pitch * n) / length;
      put("circle", { class: "plan-dot", cx: x1 + share * (x2 - x1) + shift(way.ends[0].floor), cy: y1 + share * (y2 - y1), r: 16 });
    }
  }
}

// Centimetres in one CSS pixel, as the picture is shown now.
const pixel = () => 1 / (picture.getScreenCTM()?.a || SCALE);

// Handles that would lie on one another are put beside: along their own way, then wherever there is room, each on a
// thread to its point. { input's name: [x, y] }
let aside = new Map();
const nameOf = (end) => input(end.row, end.x).name;
function inward({ at, other }, far) {
  const [dx, dy] = other ? [other[0] - at[0], other[1] - at[1]] : [0, 0];
  const share = Math.min(far / Math.max(1, Math.hypot(dx, dy)), 0.4);
  return [at[0] + share * dx, at[1] + share * dy];
}
function spread(ends, cm) {
  const box = picture.viewBox.baseVal;
  const least = (TARGET + 1) * cm;
  const edge = (TARGET / 2) * cm;
  const places = new Map();
  const where = (end) => [...end.at, end.floor].join(" ");
  for (const end of ends) places.set(where(end), (places.get(where(end)) ?? 0) + 1);
  const spots = ends.map((end) => {
    const [x, y] = places.get(where(end)) > 1 ? inward(end, least * 0.75) : end.at;
    return [x + shift(end.floor), y];
  });
  const inside = (value, low, long) => Math.min(Math.max(value, low + edge), low + long - edge);
  for (let turn = 0, isMoved = true; isMoved && turn < TURNS; turn += 1) {
    isMoved = false;
    for (let i = 0; i < spots.length; i += 1) {
      for (let j = i + 1; j < spots.length; j += 1) {
        const [dx, dy] = [spots[j][0] - spots[i][0], spots[j][1] - spots[i][1]];
        const apart = Math.hypot(dx, dy);
        if (apart >= least) continue;
        const angle = apart > cm ? Math.atan2(dy, dx) : 2.4 * (i + j); // of two on one point, some way
        const push = (least * 1.02 - apart) / 2;
        for (const [n, sign] of [[i, -1], [j, 1]]) {
          spots[n][0] = inside(spots[n][0] + sign * push * Math.cos(angle), box.x, box.width);
          spots[n][1] = inside(spots[n][1] + sign * push * Math.sin(angle), box.y, box.height);
        }
        isMoved = true;
      }
    }
  }
  aside = new Map(ends.map((end, n) => [nameOf(end), [spots[n][0] - end.at[0] - shift(end.floor), spots[n][1] - end.at[1]]]));
}

function grip(end, label, cm, look = "") {
  const [x, y] = [end.at[0] + shift(end.floor), end.at[1]];
  const [dx, dy] = aside.get(nameOf(end)) ?? [0, 0];
  if (Math.hypot(dx, dy) > 2 * cm) put("line", { class: "plan-thread", x1: x, y1: y, x2: x + dx, y2: y + dy });
  const made = put("g", { class: `plan-grip ${look}`, tabindex: 0, role: "button", "aria-label": label });
  put("circle", { class: "plan-hit", r: (TARGET / 2) * cm, cx: x + dx, cy: y + dy }, "", made);
  put("circle", { class: "plan-knob", r: (look ? 8 : 6) * cm, cx: x + dx, cy: y + dy }, "", made);
  made.end = end;
}

// No smaller than a finger can use: a wide site is scrolled in its frame.
function frame(ends) {
  floors = [...new Set(ends.map((end) => end.floor))].sort((a, b) => a - b);
  const xs = ends.map((end) => end.at[0]);
  width = Math.max(...xs) - Math.min(...xs);
  const across = ends.map((end) => end.at[0] + shift(end.floor));
  const along = ends.map((end) => end.at[1]);
  const [left, low] = [Math.min(...across, 0) - MARGIN, Math.min(...along) - MARGIN];
  const [wide, high] = [Math.max(...across) + MARGIN - left, Math.max(...along) + MARGIN - low];
  picture.setAttribute("viewBox", `${left} ${low} ${wide} ${high}`);
  [picture.style.minWidth, picture.style.minHeight] = [wide, high].map((cm) => `${Math.ceil(cm * SCALE)}px`);
}

// The whole picture anew; `fixed`: the frame stays while something is pulled.
function draw(fixed = false) {
  const { ways, stands } = read();
  const ends = [...ways.flatMap((way) => way.ends), ...stands];
  if (!ends.length) return;
  const focused = picture.querySelector(":focus")?.getAttribute("aria-label");
  if (!fixed) frame(ends);
  const cm = pixel();
  picture.style.setProperty("--letter", `${12 * cm}px`);
  if (!fixed) spread(ends, cm);
  picture.replaceChildren(ground);
  for (const way of ways) {
    const [a, b] = way.ends;
    const look = `plan-way${way.isStairs ? " is-stairs" : ""}${way.isOneWay ? " is-one-way" : ""}`;
    put("line", { class: look, x1: a.at[0] + shift(a.floor), y1: a.at[1], x2: b.at[0] + shift(b.floor), y2: b.at[1] });
  }
  dots(ways);
  for (const way of ways) {
    const [a, b] = way.ends;
    put("text", { class: "plan-name", x: (a.at[0] + b.at[0] + shift(a.floor) + shift(b.floor)) / 2, y: (a.at[1] + b.at[1]) / 2 }, way.name);
  }
  for (const way of ways) way.ends.forEach((end, n) => grip(end, `${way.name} ${n + 1}`, cm));
  for (const stand of stands) grip(stand, stand.name, cm, "is-stand");
  if (focused) picture.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  const names = document.getElementById("plan-names");
  names.replaceChildren(...ways.filter((way) => !way.isStairs).map((way) => Object.assign(document.createElement("option"), { value: way.name })));
}

const snap = (cm) => Math.round(cm / STEP) * STEP;
const endOf = (event) => event.target.closest(".plan-grip")?.end;
function spot(event, [dx, dy] = [0, 0]) { // less what the handle is beside its point
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  return [snap(point.x - dx), snap(point.y - dy)];
}

function move(end, x, y) {
  write(end.row, end.x, x);
  write(end.row, end.y, y);
}

// A free row of the aisles: one that is there, or a copy of the last one.
function freeRow() {
  const rows = rowsOf("aisles");
  const free = rows.find((row) => !input(row, "name").value && metres(row, "x1") === null);
  if (free) return free;
  const total = form.querySelector('[name="aisles-TOTAL_FORMS"]');
  const made = rows.at(-1).cloneNode(true);
  made.innerHTML = made.innerHTML.replaceAll(/aisles-\d+-/g, `aisles-${total.value}-`);
  for (const field of made.querySelectorAll("input")) {
    if (field.type === "checkbox") field.checked = false;
    else field.value = field.name.endsWith("-floor") ? "0" : "";
  }
  total.value = String(Number(total.value) + 1);
  rows.at(-1).after(made);
  return made;
}

let pulled = null;
picture?.addEventListener("pointerdown", (event) => {
  const end = endOf(event);
  if (event.button || (event.pointerType === "touch" && !end)) return; // a finger on the floor scrolls the page
  pulled = end ? { end, aside: aside.get(nameOf(end)) } : { from: spot(event) };
  picture.setPointerCapture(event.pointerId);
  event.preventDefault();
});
picture?.addEventListener("pointermove", (event) => {
  if (!pulled) return;
  const [x, y] = spot(event, pulled.aside);
  if (pulled.from && (x !== pulled.from[0] || y !== pulled.from[1])) {
    const row = freeRow();
    input(row, "name").value = `${picture.dataset.word} ${rowsOf("aisles").filter((one) => !isGone(one)).length + 1}`;
    move({ row, x: "x1", y: "y1" }, ...pulled.from);
    pulled = { end: { row, x: "x2", y: "y2", floor: floors[0] } };
  }
  if (pulled.end) {
    move(pulled.end, x - shift(pulled.end.floor), y);
    draw(true);
  }
});
for (const name of ["pointerup", "pointercancel"]) {
  picture?.addEventListener(name, () => {
    pulled = null;
    draw();
  });
}
picture?.addEventListener("keydown", (event) => {
  const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
  const end = endOf(event);
  if (!way || !end) return;
  event.preventDefault();
  move(end, end.at[0] + way[0], end.at[1] + way[1]);
  draw();
});

if (form && picture) {
  picture.classList.add("is-drawn");
  picture.setAttribute("role", "group");
  document.querySelector("[data-plan-help]")?.removeAttribute("hidden");
  form.addEventListener("input", () => draw());
  let seen = 0;
  new ResizeObserver(([entry]) => { // the first time too
    if (Math.abs(entry.contentRect.width - seen) < 1) return;
    seen = entry.contentRect.width;
    draw();
  }).observe(picture.parentElement);
}
