// Plus and minus beside a small number; the field alone works without this module.
for (const box of document.querySelectorAll("[data-rebond-stepper]")) {
  const input = box.querySelector("input");
  const sync = () => {
    for (const button of box.querySelectorAll("button")) {
      button.hidden = false;
      const next = Number(input.value) + Number(button.dataset.by);
      button.disabled = next < Number(input.min) || next > Number(input.max);
    }
  };
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-by]");
    if (!button) return;
    input.value = String(Number(input.value) + Number(button.dataset.by));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    sync();
  });
  input.addEventListener("input", sync);
  sync();
}
