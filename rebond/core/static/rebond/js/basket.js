// How long objects are still kept: minutes and seconds, the ball on its arc, and one sentence three minutes before the
// end. Without JavaScript the page shows the hour. When an hour is over, the page is read again: the server decides.
const timers = [...document.querySelectorAll("[data-rebond-ends]")];
const told = document.querySelector("[data-rebond-soon]");
const drift = told ? Date.now() - Date.parse(told.dataset.now) : 0; // the clock of this device may be wrong
let announced = false;

function draw() {
  const now = Date.now() - drift;
  for (const timer of timers) {
    const left = Math.max(0, Math.round((Date.parse(timer.dataset.rebondEnds) - now) / 1000));
    const text = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
    const place = timer.querySelector(".time");
    place.hidden = false;
    place.textContent = text;
    place.classList.toggle("t-tile", left < 180);
    const whole = Number(timer.dataset.whole);
    if (whole) {
      const spent = Math.min(100, Math.round(100 - (100 * left) / whole));
      for (const drawn of timer.querySelectorAll(".hold-arc")) drawn.style.setProperty("--v", `${spent}%`);
      for (const drawn of timer.querySelectorAll(".gone")) drawn.style.setProperty("--v", spent);
    }
    if (left <= 180 && left > 0 && !announced && told) {
      announced = true;
      told.textContent = told.dataset.rebondSoon;
    }
    if (left === 0) {
      clearInterval(beat);
      setTimeout(() => location.reload(), 1500);
      return;
    }
  }
}

const beat = timers.length ? setInterval(draw, 1000) : 0;
if (timers.length) draw();
