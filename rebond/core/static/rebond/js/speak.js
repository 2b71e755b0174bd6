// "Listen": the browser reads the screen, line by line; the line being said is lit (ui.md, section 4).
const button = document.querySelector("[data-rebond-speak]");
const speech = window.speechSynthesis;
const KEY = "rebond-listen";
let queue = [];

const voice = () => {
  const wanted = document.documentElement.lang || "fr";
  return speech.getVoices().find((v) => v.lang.toLowerCase().startsWith(wanted));
};
const lines = () => {
  const found = document.querySelectorAll("main h1, main h2, main p, main .choice, main a.next, main li, main button, main a.btn");
  return [...found].filter((node) => node.offsetParent !== null && !node.closest("[aria-hidden=true]") && !node.parentElement.closest(".choice, .next, li"));
};
const unlight = () => { for (const node of document.querySelectorAll(".mark-said, .saying")) node.classList.remove("mark-said", "saying"); };
const stop = () => { queue = []; speech.cancel(); unlight(); button.setAttribute("aria-pressed", "false"); button.classList.remove("kbtn--on"); };
const next = () => {
  unlight();
  const node = queue.shift();
  if (!node) { stop(); return; }
  const words = node.innerText.trim();
  if (!words) { next(); return; }
  const said = new SpeechSynthesisUtterance(words);
  said.lang = document.documentElement.lang;
  said.voice = voice();
  said.rate = 0.9;
  said.onend = next;
  said.onerror = stop;
  node.classList.add(node.matches(".choice") ? "saying" : "mark-said");
  speech.speak(said);
};
const start = () => { speech.cancel(); queue = lines(); button.setAttribute("aria-pressed", "true"); button.classList.add("kbtn--on"); next(); };

export const say = (words) => {
  if (!speech || !voice()) return;
  const said = new SpeechSynthesisUtterance(words);
  said.lang = document.documentElement.lang;
  said.voice = voice();
  speech.speak(said);
};

if (button && speech) {
  const show = () => { button.hidden = !voice(); };
  show();
  speech.addEventListener("voiceschanged", show);
  button.addEventListener("click", () => {
    const isOn = button.getAttribute("aria-pressed") === "true";
    sessionStorage.setItem(KEY, isOn ? "" : "1");
    if (isOn) stop(); else start();
  });
  // It was on at the screen before: it goes on by itself.
  if (sessionStorage.getItem(KEY)) setTimeout(() => { if (!button.hidden) start(); }, 400);
  window.addEventListener("pagehide", () => speech.cancel());
}
