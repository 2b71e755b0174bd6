// The total follows the choices of delivery and of a gift. Without JavaScript an order whose total is not the one
// that stood beside the button comes back with the right total, to be ordered once more.
import "./basket.js";

const total = document.querySelector("[data-rebond-total]");
const shipping = document.querySelector("[data-rebond-shipping]");
const button = document.querySelector("[data-rebond-button]");
const row = document.querySelector("[data-rebond-gift-row]");
const money = (cents) => new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" }).format(cents / 100);

// What is added for a project: to the next whole euro, or the amount chosen.
function gift(base) {
  if (!row) return 0;
  const round = 100 - (base % 100);
  const word = document.querySelector("[data-rebond-round]");
  if (word) word.textContent = money(round);
  const chosen = document.querySelector("input[data-gift]:checked");
  const cents = !chosen ? 0 : chosen.dataset.gift === "round" ? round : Number(chosen.dataset.gift);
  row.hidden = !cents;
  row.querySelector("[data-rebond-gift]").textContent = money(cents);
  return cents;
}

function draw() {
  let cents = 0;
  for (const choice of document.querySelectorAll("input[data-cents]:checked")) cents += Number(choice.dataset.cents);
  shipping.textContent = money(cents);
  const base = Number(total.dataset.rebondTotal) + cents;
  const sum = base + gift(base);
  total.textContent = money(sum);
  document.querySelector("input[name=total]").value = sum;
  if (button) button.textContent = total.textContent;
}

if (total) for (const choice of document.querySelectorAll("input[data-cents], input[name=gift]")) choice.addEventListener("change", draw);
