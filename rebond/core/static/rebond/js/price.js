// The price of a listing: plus and minus move it at once, and the words below follow; without this module they post the form.
const form = document.querySelector("[data-rebond-price]");
if (form) {
  const input = form.querySelector("[name=price]");
  const words = form.querySelector("[data-suggested]");
  const read = () => Math.round(Number(input.value.replace(/\s/g, "").replace(",", ".")) * 100) || 0;
  const write = (cents) => { input.value = cents % 100 ? (cents / 100).toFixed(2).replace(".", ",") : String(cents / 100); };
  const judge = () => {
    if (!words) return;
    const { low, high, suggested } = words.dataset;
    const cents = read();
    let found = "usual";
    if (!cents) found = "";
    else if (cents === Number(suggested)) found = "suggested";
    else if (cents < Number(low)) found = "low";
    else if (cents > Number(high)) found = "high";
    for (const one of words.querySelectorAll("[data-judgement]")) one.hidden = one.dataset.judgement !== found;
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=step]");
    if (!button) return;
    event.preventDefault();
    write(Math.max(0, read() + Number(button.value)));
    judge();
  });
  input.addEventListener("input", judge);
}
