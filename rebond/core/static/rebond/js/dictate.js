// Speak instead of typing, where the browser can: what is said is added to the field. Elsewhere the button stays hidden.
const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;

const dictate = (button) => {
  const field = document.getElementById(button.dataset.rebondDictate);
  const told = button.parentElement.querySelector("[data-dictate-told]");
  let heard = null;
  const stop = () => {
    heard = null;
    button.setAttribute("aria-pressed", "false");
    if (told) told.hidden = true;
  };
  const start = () => {
    const before = field.value.trimEnd();
    heard = new Recognition();
    heard.lang = "fr-FR"; // listings are written in French
    heard.continuous = true;
    heard.interimResults = true;
    heard.onresult = (event) => {
      const words = [...event.results].map((result) => result[0].transcript).join("").trim();
      const most = field.maxLength > 0 ? field.maxLength : Infinity;
      field.value = (before ? `${before} ${words}` : words).slice(0, most);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    heard.onend = stop;
    heard.onerror = stop;
    heard.start();
    button.setAttribute("aria-pressed", "true");
    if (told) told.hidden = false;
  };
  button.hidden = false;
  button.addEventListener("click", () => (heard ? heard.stop() : start()));
};

if (Recognition) for (const button of document.querySelectorAll("[data-rebond-dictate]")) dictate(button);
