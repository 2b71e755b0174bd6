// The button of a paper; the browser's own menu does the same without this module.
for (const button of document.querySelectorAll("[data-rebond-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
