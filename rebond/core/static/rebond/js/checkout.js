// The total follows the choices of delivery. Without JavaScript an order whose total is not the one
// that stood beside the button comes back with the right total, to be ordered once more.
import "./basket.js";

const total = document.querySelector("[data-rebond-total]");
const shipping = document.querySelector("[data-rebond-shipping]");
const button = document.querySelector("[data-rebond-button]");
const money = (cents) => new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" }).format(cents / 100);

function draw() {
  let cents = 0;
  for (const choice of document.querySelectorAll("input[data-cents]:checked")) cents += Number(choice.dataset.cents);
  shipping.textContent = money(cents);
  const sum = Number(total.dataset.rebondTotal) + cents;
  total.textContent = money(sum);
  document.querySelector("input[name=total]").value = sum;
  if (button) button.textContent = total.textContent;
}

if (total) for (const choice of document.querySelectorAll("input[data-cents]")) choice.addEventListener("change", draw);
