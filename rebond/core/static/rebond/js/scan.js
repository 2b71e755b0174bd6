// A form that takes a code: from the camera, from a reader that types (wedge), or by hand.
// Where the browser does not read codes, a frame each 700 ms is read on the server while the form is seen.
// The same code twice within two seconds is one scan.
const form = () => document.querySelector("[data-rebond-scan]");

const GAP = 60; // ms between two signs: a reader types faster than anybody
const SAME = 2000; // ms
const READ = "/atelier/lire/";
const MOST = 400_000; // bytes of a frame
const FORMATS = ["qr_code", "ean_13", "ean_8", "code_128", "upc_a"];

const beep = (ok) => {
  if (navigator.vibrate) navigator.vibrate(ok ? 60 : [80, 60, 80]);
};

export const send = (() => {
  let last = "";
  let at = 0;
  return (code) => {
    const now = Date.now();
    const target = form();
    if (!target || (code === last && now - at < SAME)) return;
    [last, at] = [code, now];
    beep(true);
    target.querySelector("[name=code]").value = code;
    target.requestSubmit();
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

const ownDetector = async () => {
  if (!window.BarcodeDetector) return null;
  const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
  const formats = FORMATS.filter((name) => known.includes(name));
  return formats.length ? new BarcodeDetector({ formats }) : null;
};

const frameOf = async (video) => {
  const scale = Math.min(1, 1280 / video.videoWidth);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  for (const quality of [0.7, 0.4, 0.2]) {
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob && blob.size <= MOST) return blob;
  }
  return null;
};

const readOnServer = async (video) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token || !video.videoWidth) return "";
  const frame = await frameOf(video);
  if (!frame) return "";
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  body.set("frame", frame, "frame.jpg");
  const answer = await fetch(READ, { method: "POST", body });
  if (!answer.ok) return "";
  return (await answer.json()).codes[0]?.text ?? "";
};

// Look at the video again and again while it is on the page and seen; `found` gets each code.
export const watchCodes = async (video, found, { isWanted = () => true } = {}) => {
  const detector = await ownDetector();
  const look = async () => {
    if (!document.contains(video)) return;
    if (!document.hidden && isWanted()) {
      try {
        const code = detector ? (await detector.detect(video))[0]?.rawValue : await readOnServer(video);
        if (code) found(code);
      } catch { /* a frame that cannot be read is looked at again */ }
    }
    setTimeout(look, detector ? 200 : 700);
  };
  look();
};

export const openCamera = async (video, wanted = {}) => {
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) return null;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...wanted } });
    video.srcObject = stream;
    await video.play();
    window.addEventListener("pagehide", () => { for (const track of stream.getTracks()) track.stop(); });
    return stream;
  } catch { return null; }
};

const off = () => {
  form().querySelector("[data-scan-off]")?.removeAttribute("hidden");
  const typed = form().querySelector("[data-scan-typed]");
  if (typed && "open" in typed) typed.open = true;
};

const watch = async () => {
  const view = form()?.querySelector("[data-scan-view]");
  if (!view) return;
  const video = view.querySelector("video");
  if (!(await openCamera(video))) { off(); return; }
  view.hidden = false;
  form().querySelector("[data-scan-state]")?.removeAttribute("hidden");
  watchCodes(video, send, { isWanted: () => view.checkVisibility?.() ?? true });
};

listenToReader();
watch();
