// Filters of a results page: both thumbs of the price range, clean addresses, folds that stay open, long lists.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
for (const form of document.querySelectorAll("form.filters")) {
  const sync = (range) => {
    const [low, high] = range.querySelectorAll("input");
    const [from, to] = form.querySelectorAll("[data-rebond-price]");
    const steps = range.dataset.steps.split(",").map(Number);
    if (Number(low.value) > Number(high.value)) [low.value, high.value] = [high.value, low.value];
    const last = steps.length - 1;
    range.style.setProperty("--a", `${(low.value / last) * 100}%`);
    range.style.setProperty("--z", `${(high.value / last) * 100}%`);
    from.value = Number(low.value) === 0 ? "" : steps[low.value];
    to.value = Number(high.value) === last ? "" : steps[high.value];
    low.setAttribute("aria-valuetext", `${steps[low.value]} €`);
    high.setAttribute("aria-valuetext", `${steps[high.value]} €`);
  };
  form.addEventListener("input", (event) => {
    const range = event.target.closest(".range");
    if (range) sync(range);
  });
  const ready = () => {
    for (const one of form.querySelectorAll(".range[hidden], [data-rebond-narrow][hidden]")) one.hidden = false;
  };
  ready();
  const narrow = (field) => {
    const words = plain(field.value).split(/\s+/);
    for (const row of document.getElementById(field.dataset.rebondNarrow).children) {
      const text = plain(row.textContent);
      row.hidden = !row.querySelector(":checked") && !words.every((word) => text.includes(word));
    }
  };
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-rebond-narrow]")) narrow(event.target);
  });
  // The field only narrows the list: it neither sends the form nor changes the results.
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-rebond-narrow]")) event.stopImmediatePropagation();
  }, true);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-rebond-narrow]")) event.preventDefault();
  });
  form.addEventListener("htmx:configRequest", (event) => {
    const params = event.detail.parameters;
    for (const name of [...new Set(params.keys())]) if (params.get(name) === "") params.delete(name);
    const sort = document.querySelector("select[form][data-rebond-usual]");
    if (sort && params.get(sort.name) === sort.dataset.rebondUsual) params.delete(sort.name);
  });
  let open = [];
  let asked = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    const link = event.detail.requestConfig?.elt;
    asked = link?.matches?.(".whole-link") ? link.closest("details").dataset.key : "";
    open = [...form.querySelectorAll("details[open]")].map((d) => d.dataset.key);
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const fold of form.querySelectorAll("details")) if (open.includes(fold.dataset.key)) fold.open = true;
    ready();
    if (asked) form.querySelector(`details[data-key="${CSS.escape(asked)}"] [data-rebond-narrow]`)?.focus();
    asked = "";
  });
}
for (const button of document.querySelectorAll("[data-rebond-close]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.rebondClose)?.hidePopover?.());
}
