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

// What a gift card pays, as queries/gift_cards.py counts it: never the gift; nothing or one euro at least is left.
function byCard(sum, given) {
  const cell = document.querySelector("[data-rebond-card]");
  if (!cell) return 0;
  let cents = Math.max(Math.min(Number(cell.dataset.rebondCard), sum - given), 0);
  const rest = sum - cents;
  if (rest > 0 && rest < 100) cents = Math.max(cents - (100 - rest), 0);
  cell.textContent = `− ${money(cents)}`;
  document.querySelector("[data-rebond-left]").textContent = money(sum - cents);
  document.querySelector("input[name=left]").value = sum - cents;
  return cents;
}

function draw() {
  let cents = 0;
  for (const choice of document.querySelectorAll("input[data-cents]:checked")) cents += Number(choice.dataset.cents);
  shipping.textContent = money(cents);
  const base = Number(total.dataset.rebondTotal) + cents;
  const given = gift(base);
  const sum = base + given;
  total.textContent = money(sum);
  document.querySelector("input[name=total]").value = sum;
  const left = sum - byCard(sum, given);
  if (button) button.textContent = money(left);
}

if (total) for (const choice of document.querySelectorAll("input[data-cents], input[name=gift]")) choice.addEventListener("change", draw);
// A page that one comes back to shows the choices made before, which no event tells.
if (total) addEventListener("pageshow", draw);
