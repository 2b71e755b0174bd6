// After a load or a swap: the error summary gets the focus (ui.md, section 11).
const focusErrors = (root) => root.querySelector("[data-rebond-focus]")?.focus();
focusErrors(document);
document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));
