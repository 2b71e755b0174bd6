// Filters folded behind one button on a phone: the button says how many are set, sending closes the sheet.
for (const more of document.querySelectorAll(".strip-more")) {
  const form = more.closest("form");
  const number = document.querySelector(`[popovertarget="${more.id}"] [data-n]`);
  const count = () => {
    const set = [...more.querySelectorAll("input, select")].filter((field) => field.value && field.name !== "tri").length;
    if (number) number.textContent = set ? ` (${set})` : "";
  };
  form?.addEventListener("change", count);
  form?.addEventListener("submit", () => more.hidePopover?.());
}
