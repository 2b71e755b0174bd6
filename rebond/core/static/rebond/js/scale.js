// A scale that speaks lines of text through a serial port ("ST,GS,  12.40kg"), where the browser has Web Serial.
// Elsewhere its button stays hidden and the weight is typed. Three equal readings make it still.
const form = document.querySelector("[data-rebond-scale]");
const LINE = /(-?\d+(?:[.,]\d+)?)\s*(kg|g)\b/i;
const STILL = 3;

const part = (name) => form.querySelector(`[data-scale-${name}]`);
const grams = (line) => {
  const found = LINE.exec(line);
  if (!found) return null;
  const value = Number(found[1].replace(",", "."));
  return Math.round(found[2].toLowerCase() === "kg" ? value * 1000 : value);
};

const show = (() => {
  let last = null;
  let same = 0;
  return (value) => {
    same = value === last ? same + 1 : 1;
    last = value;
    const isStill = same >= STILL && value > 0;
    const text = (value / 1000).toLocaleString("fr-FR", { maximumFractionDigits: 3 });
    part("view").hidden = false;
    part("output").textContent = `${text}\u00a0kg`;
    part("still").hidden = !isStill;
    const submit = document.querySelector(`[form="${form.id}"]`);
    submit.disabled = !isStill;
    if (isStill) {
      form.elements[form.dataset.rebondScale].value = text.replace(/\s/g, "");
      if (part("used")) part("used").checked = true;
    }
  };
})();

const off = () => {
  part("off").hidden = false;
  part("view").hidden = true;
  document.querySelector(`[form="${form.id}"]`).disabled = false;
};

const listen = async (port) => {
  try {
    await port.open({ baudRate: Number(form.dataset.baud || 9600) });
    const reader = port.readable.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      buffer += value;
      const lines = buffer.split(/[\r\n]+/);
      buffer = lines.pop();
      for (const line of lines) {
        const read = grams(line);
        if (read !== null) show(read);
      }
    }
    off();
  } catch { off(); }
};

if (form && navigator.serial) {
  const button = part("connect");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try { listen(await navigator.serial.requestPort()); } catch { /* nobody chose a scale */ }
  });
  form.elements[form.dataset.rebondScale].addEventListener("input", () => {
    if (part("used")) part("used").checked = false;
    document.querySelector(`[form="${form.id}"]`).disabled = false;
  });
  navigator.serial.getPorts().then(([port]) => { if (port) listen(port); });
}
