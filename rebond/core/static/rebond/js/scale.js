// The weight read from a scale: a serial one that speaks lines ("ST,GS,  12.40kg") where the browser has Web Serial,
// a USB HID one where it has WebHID. Elsewhere its button stays hidden and the weight is typed.
import { SCALE_PAGE, dataReportOf, gramsOfLine, readReport } from "./scale-read.js";

const form = document.querySelector("[data-rebond-scale]");
const STILL = 3; // equal readings of a scale that does not say when it is still
const WARNINGS = { over: "over", under: "under", fault: "off", calibrate: "off", rezero: "under" };

const part = (name) => form.querySelector(`[data-scale-${name}]`);
// Those that send the weight; one that skips the question says so by not checking it.
const hold = (isHeld) => {
  for (const one of document.querySelectorAll(`[form="${form.id}"]:not([formnovalidate])`)) one.disabled = isHeld;
};
const warn = (name) => {
  for (const one of ["over", "under", "off"]) if (part(one)) part(one).hidden = one !== name;
};

const show = (grams, isStill) => {
  const text = (grams / 1000).toLocaleString("fr-FR", { maximumFractionDigits: 3 });
  warn("");
  part("view").hidden = false;
  part("output").textContent = `${text}\u00a0kg`;
  part("still").hidden = !isStill;
  hold(!isStill);
  if (isStill) {
    form.elements[form.dataset.rebondScale].value = text.replace(/\s/g, "");
    if (part("used")) part("used").checked = true;
  }
};

const off = (why = "off") => {
  warn(why);
  part("view").hidden = true;
  hold(false); // the weight may always be typed
};

const hideButtons = () => form.querySelectorAll("[data-scale-connect], [data-scale-connect-hid]").forEach((one) => {
  one.hidden = true;
});

const listenSerial = async (port) => {
  let last = null;
  let same = 0;
  try {
    await port.open({ baudRate: Number(form.dataset.baud || 9600) });
    hideButtons();
    const reader = port.readable.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      buffer += value;
      const lines = buffer.split(/[\r\n]+/);
      buffer = lines.pop();
      for (const line of lines) {
        const read = gramsOfLine(line);
        if (read === null) continue;
        same = read === last ? same + 1 : 1;
        last = read;
        show(read, same >= STILL && read > 0);
      }
    }
    off();
  } catch { off(); }
};

const listenHid = async (device) => {
  try {
    if (!device.opened) await device.open();
    hideButtons();
    const wanted = dataReportOf(device.collections || []);
    device.addEventListener("inputreport", ({ reportId, data }) => {
      if (wanted !== null && reportId !== wanted) return;
      const read = readReport(data);
      if (!read) return;
      if (read.status in WARNINGS) off(WARNINGS[read.status]);
      else if (read.grams === null) off();
      else show(read.grams, read.status === "stable" && read.grams > 0);
    });
    navigator.hid.addEventListener("disconnect", (event) => { if (event.device === device) off(); });
  } catch { off(); }
};

const offer = (name, choose, listen) => {
  const button = part(name);
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      const chosen = await choose();
      if (chosen) listen(chosen);
    } catch { /* nobody chose a scale */ }
  });
};

const isScale = (device) => (device.collections || []).some((one) => one.usagePage === SCALE_PAGE);

if (form) {
  if (navigator.serial) {
    offer("connect", () => navigator.serial.requestPort(), listenSerial);
    navigator.serial.getPorts().then(([port]) => { if (port) listenSerial(port); });
  }
  if (navigator.hid) {
    const filters = [{ usagePage: SCALE_PAGE }];
    offer("connect-hid", async () => (await navigator.hid.requestDevice({ filters }))[0], listenHid);
    navigator.hid.getDevices().then((known) => {
      const scale = known.find(isScale);
      if (scale) listenHid(scale);
    });
  }
  form.elements[form.dataset.rebondScale].addEventListener("input", () => {
    if (part("used")) part("used").checked = false;
    hold(false);
  });
}
