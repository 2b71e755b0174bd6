// What was typed in a form marked data-rebond-keep survives an expired session, a failure or a closed tab.
// Kept in this tab's session storage only, never passwords or files, and dropped once the form is accepted.
const key = (form) => `rebond:${location.pathname}:${form.dataset.rebondKeep}`;
const skipped = new Set(["csrfmiddlewaretoken"]);

function keep(form) {
  const data = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !skipped.has(name) && form.elements[name]?.type !== "password");
  sessionStorage.setItem(key(form), JSON.stringify(data));
}

function restore(form) {
  const kept = sessionStorage.getItem(key(form));
  if (!kept) return;
  sessionStorage.removeItem(key(form));
  const pairs = JSON.parse(kept);
  for (const field of form.elements) {
    if (!field.name || skipped.has(field.name) || ["file", "password", "submit", "hidden"].includes(field.type)) continue;
    const values = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (field instanceof HTMLSelectElement && field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
    else if (values.length) field.value = values[0];
  }
}

for (const form of document.querySelectorAll("form[data-rebond-keep]")) {
  const failed = form.querySelector("[data-rebond-focus]");
  if (failed) sessionStorage.removeItem(key(form));
  else restore(form);
  form.addEventListener("submit", () => keep(form));
}
for (const done of document.querySelectorAll("[data-rebond-kept-done]")) {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("rebond:") && name.endsWith(`:${done.dataset.rebondKeptDone}`)) sessionStorage.removeItem(name);
}
