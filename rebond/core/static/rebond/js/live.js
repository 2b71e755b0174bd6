// What the camera sees, judged twice a second, in the words of the page (`data-live` of a list): one advice at a time, and
// only once two looks agree. It never holds the shutter back.
import { doubtOf, faultsOf, measure } from "./see.js";

const PAUSE = 500; // ms between two looks, and at least seven times what one costs
const GOOD = ["good", "whole"]; // nothing to allow
const MOVES = 14; // of 255: mean change of a tiny picture

const stateOf = (now, before) => {
  if (before?.length === now.little.length) {
    let moved = 0;
    for (let i = 0; i < before.length; i += 1) moved += Math.abs(now.little[i] - before[i]);
    if (moved / before.length > MOVES) return "moving";
  }
  const [first] = faultsOf(now);
  return first ?? (now.blur === null ? "empty" : doubtOf(now) ?? "good");
};

// `list` gives the page's list, which may be drawn anew; `isWanted` tells whether to look now.
export const watchFrame = (video, list, isWanted = () => true) => {
  let before = null;
  let last = "";
  const look = () => {
    const box = list();
    let spent = 0;
    if (box && !box.hidden && video.videoWidth && document.contains(video) && !document.hidden && isWanted()) {
      const start = performance.now();
      const now = measure(video, video.videoWidth, video.videoHeight);
      const state = stateOf(now, before);
      before = now.little;
      if (state === last) for (const node of box.children) node.hidden = node.dataset.live !== state && !(node.dataset.live === "anyway" && !GOOD.includes(state));
      last = state;
      spent = performance.now() - start;
    }
    setTimeout(look, Math.max(PAUSE, 7 * spent));
  };
  look();
};
