// What was typed in a form marked data-rebond-keep survives an expired session or a failure of the server.
// Kept in this tab's session storage only, never passwords or files, and dropped once the form is accepted:
// when what follows is neither a door, nor a failure, nor the same form again without a word of success.
const SENT = "rebond:sent";
const key = (form) => `rebond:${location.pathname}:${form.dataset.rebondKeep}`;
const forms = [...document.querySelectorAll("form[data-rebond-keep]")];

function keep(form) {
  const data = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && form.elements[name]?.type !== "password");
  sessionStorage.setItem(key(form), JSON.stringify(data));
  sessionStorage.setItem(SENT, key(form));
}

function fill(form, pairs) {
  for (const field of form.elements) {
    if (!field.name || ["file", "password", "submit"].includes(field.type)) continue;
    if (field.type === "hidden" && !["version", "seen", "operation"].includes(field.name)) continue; // what was read goes with what was typed
    const values = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (field instanceof HTMLSelectElement && field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
    else if (values.length) field.value = values[0];
  }
}

// A form whose fields depend on what was typed is drawn again by the server, as it was sent.
function redraw(form, pairs) {
  const values = { [form.dataset.rebondRedraw]: "kept", csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken?.value ?? "" };
  for (const [name, value] of pairs) (values[name] ??= []).push(value);
  window.htmx.ajax("POST", location.href, { values, target: form, swap: "outerHTML" });
}

function restore(form) {
  const kept = sessionStorage.getItem(key(form));
  if (!kept) return;
  sessionStorage.removeItem(key(form));
  const pairs = JSON.parse(kept);
  if (form.dataset.rebondRedraw && window.htmx) redraw(form, pairs);
  else fill(form, pairs);
}

const sent = sessionStorage.getItem(SENT);
sessionStorage.removeItem(SENT);
const isStopped = document.querySelector(".door, .fall-page");
const isRefused = document.querySelector("[data-rebond-focus]");
const isDone = document.querySelector("[data-rebond-toast], .note.is-ok[role=status]");
if (sent && !isStopped && (isRefused || isDone || !forms.some((form) => key(form) === sent))) sessionStorage.removeItem(sent);
if (!isRefused) forms.forEach(restore);
document.addEventListener("submit", (event) => { if (event.target.matches("form[data-rebond-keep]")) keep(event.target); });
