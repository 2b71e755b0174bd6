// A form that takes a code: from the camera where the browser reads codes, from a reader that types (wedge), or by hand.
// The same code twice within two seconds is one scan.
const form = document.querySelector("[data-rebond-scan]");

const GAP = 60; // ms between two signs: a reader types faster than anybody
const SAME = 2000; // ms

const beep = (ok) => {
  if (navigator.vibrate) navigator.vibrate(ok ? 60 : [80, 60, 80]);
};

const send = (() => {
  let last = "";
  let at = 0;
  return (code) => {
    const now = Date.now();
    if (code === last && now - at < SAME) return;
    [last, at] = [code, now];
    beep(true);
    const input = form.querySelector("[name=code]");
    input.value = code;
    form.requestSubmit();
  };
})();

const listenToReader = () => {
  let typed = "";
  let before = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const now = Date.now();
    if (now - before > GAP * 4) typed = "";
    before = now;
    if (event.key === "Enter" && typed.length > 3) {
      event.preventDefault();
      send(typed);
      typed = "";
    } else if (event.key.length === 1) typed += event.key;
  });
};

const off = () => {
  form.querySelector("[data-scan-off]")?.removeAttribute("hidden");
  const typed = form.querySelector("[data-scan-typed]");
  if (typed && "open" in typed) typed.open = true;
};

const watch = async () => {
  const view = form.querySelector("[data-scan-view]");
  if (!view) return;
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia || !window.BarcodeDetector) { off(); return; }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch { off(); return; }
  const video = view.querySelector("video");
  video.srcObject = stream;
  await video.play();
  view.hidden = false;
  form.querySelector("[data-scan-state]")?.removeAttribute("hidden");
  const detector = new BarcodeDetector({ formats: ["qr_code", "ean_13", "ean_8", "code_128", "upc_a"] });
  const look = async () => {
    if (!document.contains(video)) { for (const track of stream.getTracks()) track.stop(); return; }
    try {
      const [found] = await detector.detect(video);
      if (found) send(found.rawValue);
    } catch { /* a frame that cannot be read is looked at again */ }
    setTimeout(look, 200);
  };
  look();
  window.addEventListener("pagehide", () => { for (const track of stream.getTracks()) track.stop(); });
};

if (form) {
  listenToReader();
  watch();
}
