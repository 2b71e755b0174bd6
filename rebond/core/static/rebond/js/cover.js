// Is it this book? The "yes" is the shutter: what the camera sees goes with the answer. Without a camera, plain form.
import { watchFrame } from "./live.js";
import { openCamera } from "./scan.js";

const form = document.querySelector("[data-rebond-cover]");
const view = form?.querySelector("[data-cover-view]");
const video = view?.querySelector("video");

const show = () => {
  view.hidden = false;
  form.querySelector("[data-cover-art]").hidden = true;
  form.querySelector("[data-cover-file]").hidden = true;
  document.querySelector("[data-cover-plain]").hidden = true;
  document.querySelector("[data-cover-live]").hidden = false;
};

const frame = () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
};

let isSent = false;

const withPicture = async (event) => {
  if (isSent) { event.preventDefault(); return; } // the second touch is the same answer
  isSent = true;
  if (!video.videoWidth || !form.checkValidity()) return;
  event.preventDefault();
  const picture = await frame();
  if (picture) {
    const files = new DataTransfer();
    files.items.add(new File([picture], "cover.jpg", { type: "image/jpeg" }));
    form.elements.photo.files = files.files;
  }
  form.submit();
};

const start = async () => {
  if (!view || !(await openCamera(video, { width: { ideal: 4032 }, height: { ideal: 3024 } }))) return;
  show();
  const looked = form.querySelector("[data-station-live]");
  looked.hidden = false;
  watchFrame(video, () => looked);
  form.addEventListener("submit", withPicture);
};

start();
