// A toast with "Undo" leaves after ten seconds, unless one is reading it (pointer or focus on it).
const watch = (toast) => {
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), 10_000); };
  const stop = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stop);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  start();
};
const all = (root) => { for (const toast of root.querySelectorAll("[data-rebond-toast]:not([data-watched])")) { toast.dataset.watched = ""; watch(toast); } };
all(document);
document.addEventListener("htmx:afterSwap", () => all(document));
