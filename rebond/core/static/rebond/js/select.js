// A list with boxes: choose all of the page, and say how many are chosen. Without it the boxes and buttons work.
function follow(form) {
  const all = form.querySelector("[data-rebond-select-all]");
  const count = form.querySelector("[data-rebond-select-count]");
  if (!all || !count || form.dataset.followed) return;
  form.dataset.followed = "1";
  const bar = form.querySelector("[data-rebond-select-bar]");
  const boxes = [...form.querySelectorAll("input[name=ids]")];
  const every = form.querySelector("input[name=all]");
  const label = count.textContent;
  const say = () => {
    const n = boxes.filter((box) => box.checked).length;
    all.querySelector("input").checked = n === boxes.length;
    all.querySelector("input").indeterminate = n > 0 && n < boxes.length;
    if (bar) bar.hidden = !n && !every?.checked;
    count.textContent = every?.checked || !n ? label : `${n} · ${label}`;
  };
  all.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.querySelector("input").checked; say(); });
  form.addEventListener("change", say);
  say();
}
const start = (root) => { for (const form of root.querySelectorAll("[data-rebond-select]")) follow(form); };
start(document);
document.addEventListener("htmx:afterSwap", () => start(document));
