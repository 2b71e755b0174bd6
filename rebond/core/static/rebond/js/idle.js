// Nobody touches the screen: a spoken warning one minute before, then the person is signed out (the server does the same).
import { say } from "./speak.js";

const bar = document.querySelector("[data-rebond-idle]");
const leave = document.querySelector("form[data-rebond-leave]");
if (bar) {
  let warning;
  let end;
  const over = () => {
    if (!document.dispatchEvent(new CustomEvent("rebond:idle", { cancelable: true }))) return;
    if (leave) leave.requestSubmit(); else location.assign("/atelier/");
  };
  const warn = () => {
    const box = document.getElementById("called");
    if (box) box.textContent = bar.dataset.idleWarning;
    say(bar.dataset.idleWarning);
  };
  const again = () => {
    clearTimeout(warning);
    clearTimeout(end);
    const whole = (Number(bar.dataset.rebondIdle) || 5) * 60_000;
    warning = setTimeout(warn, Math.max(whole - 60_000, whole / 2));
    end = setTimeout(over, whole);
  };
  for (const name of ["pointerdown", "keydown", "input"]) document.addEventListener(name, again, { passive: true });
  again();
}
