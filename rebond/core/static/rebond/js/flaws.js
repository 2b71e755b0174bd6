// A flaw, touched on its photo: the place is kept in thousandths of the picture. Without this module, the photo alone is.
const spot = document.querySelector("[data-flaw-spot]");
const photo = spot?.querySelector("img");
const mark = spot?.querySelector(".kspot-mark");
const form = spot?.closest("form");

const forget = () => {
  mark.hidden = true;
  form.elements.spot_x.value = "";
  form.elements.spot_y.value = "";
};

form?.addEventListener("change", (event) => {
  const large = event.target.dataset.large;
  if (!large) return;
  forget();
  photo.src = large;
  spot.hidden = false;
  spot.scrollIntoView({ block: "nearest" });
});

photo?.addEventListener("click", (event) => {
  const box = photo.getBoundingClientRect();
  const at = (offset, size) => Math.min(1000, Math.max(0, Math.round((offset / size) * 1000)));
  const [x, y] = [at(event.clientX - box.left, box.width), at(event.clientY - box.top, box.height)];
  form.elements.spot_x.value = x;
  form.elements.spot_y.value = y;
  mark.style.setProperty("--x", `${x / 10}%`);
  mark.style.setProperty("--y", `${y / 10}%`);
  mark.hidden = false;
});
