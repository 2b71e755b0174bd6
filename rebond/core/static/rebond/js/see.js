// Is this frame good enough? The server's measures (core/images/measure.py) of what the camera sees, at the same sizes and
// against the same limits (check.py), so that both say the same. Pure: pixels in, numbers out. docs/algorithms/photo-checks.md.
const SIDE = 480;
const TINY = 96;
const RING = 3;
const FAR = 26;
const PLAIN = 9;
const [LEAST_FAR, NOISE, LIKE, LEAST_PIECE] = [14, 6, 0.6, 0.08];
const BURNT = 248;
const SHORE = 205;
const LEANING = [7, 32]; // half degrees
const LIMITS = { darkest: 95, dim: 64, blown: 0.75, blurred: 0.45, glare: 0.004, cut: 0.5, mayBeCut: 0.2, leans: [0.15, 2] };

const LINEAR = Float32Array.from({ length: 256 }, (_, v) => (v <= 10 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
const BENT = Float32Array.from({ length: 4097 }, (_, v) => 255 * (v / 4096 <= 0.0031308 ? (12.92 * v) / 4096 : 1.055 * (v / 4096) ** (1 / 2.4) - 0.055));

const greyOf = ({ data }) => {
  const grey = new Float32Array(data.length / 4);
  for (let i = 0, at = 0; i < grey.length; i += 1, at += 4) {
    grey[i] = BENT[Math.round(4096 * (0.2126 * LINEAR[data[at]] + 0.7152 * LINEAR[data[at + 1]] + 0.0722 * LINEAR[data[at + 2]]))];
  }
  return grey;
};

// The mean of 2 × reach + 1 neighbours in one direction; the edge goes on outside.
const softened = (from, width, height, reach, isDown) => {
  const out = new Float32Array(from.length);
  const [lines, long, line, step] = isDown ? [width, height, 1, width] : [height, width, width, 1];
  for (let l = 0; l < lines; l += 1) {
    const start = l * line;
    const end = long - 1;
    let sum = from[start] * (reach + 1);
    for (let i = 1; i <= reach; i += 1) sum += from[start + Math.min(i, end) * step];
    for (let i = 0; i <= end; i += 1) {
      out[start + i * step] = sum / (2 * reach + 1);
      const comes = i + reach + 1;
      const goes = i - reach;
      sum += from[start + (comes < end ? comes : end) * step] - from[start + (goes > 0 ? goes : 0) * step];
    }
  }
  return out;
};

// 0 (sharp) to 1 (blurred), of the worse direction; null where nothing is drawn.
const blurOf = (grey, width, height) => {
  let worst = null;
  for (const isDown of [false, true]) {
    const soft = softened(grey, width, height, 4, isDown);
    const step = isDown ? width : 1;
    let [total, lost] = [0, 0];
    for (let i = step; i < grey.length; i += 1) {
      if (!isDown && i % width === 0) continue;
      const before = Math.abs(grey[i] - grey[i - step]);
      if (before <= 6) continue;
      total += before;
      lost += Math.max(0, before - Math.abs(soft[i] - soft[i - step]));
    }
    if (total > 0.05 * grey.length) worst = Math.max(worst ?? 0, 1 - lost / total);
  }
  return worst;
};

const lightOf = (grey, width, height) => {
  const sorted = Float32Array.from(grey).sort();
  const [left, top] = [width >> 2, height >> 2];
  let [burnt, seen] = [0, 0];
  for (let y = top; y < top + (height >> 1); y += 1) {
    for (let x = left; x < left + (width >> 1); x += 1) { seen += 1; burnt += grey[y * width + x] >= BURNT; }
  }
  return { mean: grey.reduce((sum, value) => sum + value, 0) / grey.length, high: sorted[Math.floor(0.95 * (sorted.length - 1))], blown: burnt / seen };
};

// Near a Gaussian of 4 pixels.
const spread = (from, width, height) => [3, 4, 4].reduce((map, reach) => softened(softened(map, width, height, reach, false), width, height, reach, true), from);

const gradients = (grey, width, height) => {
  const smooth = softened(softened(grey, width, height, 1, false), width, height, 1, true);
  const [level, slant, energy] = [0, 1, 2].map(() => new Float32Array(grey.length));
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const i = y * width + x;
      const [a, b, c] = [i - width, i, i + width];
      const gx = smooth[a + 1] - smooth[a - 1] + 2 * (smooth[b + 1] - smooth[b - 1]) + smooth[c + 1] - smooth[c - 1];
      const gy = smooth[c - 1] - smooth[a - 1] + 2 * (smooth[c] - smooth[a]) + smooth[c + 1] - smooth[a + 1];
      [level[i], slant[i], energy[i]] = [gx * gx - gy * gy, 2 * gx * gy, gx * gx + gy * gy];
    }
  }
  return [level, slant, energy].map((map) => spread(map, width, height));
};

// How far long straight edges lean, in degrees; the shares of them that lean so, and that are level.
const tiltOf = (grey, width, height) => {
  const [level, slant, energy] = gradients(grey, width, height);
  const sums = new Float64Array(181);
  let total = 0;
  for (let i = 0; i < grey.length; i += 1) {
    if (energy[i] <= 400) continue;
    const strength = Math.hypot(level[i], slant[i]);
    const straight = strength / (energy[i] + 1);
    if (straight <= 0.85) continue;
    const angle = ((Math.atan2(slant[i], level[i]) * 90) / Math.PI + 180) % 180;
    const weight = Math.sqrt(strength) * straight;
    sums[Math.round(2 * ((angle + 45) % 90))] += weight;
    total += weight;
  }
  if (!total) return { angle: 0, agree: 0, level: 0 };
  const near = (half) => sums.subarray(90 + half - 3, 90 + half + 4).reduce((sum, value) => sum + value, 0) / total;
  let best = 0;
  for (let half = LEANING[0]; half <= LEANING[1]; half += 1) {
    for (const one of [half, -half]) if (near(one) > near(best)) best = one;
  }
  return { angle: best / 2, agree: near(best), level: near(0) };
};

const spotFrom = (start, isFree, width) => {
  const [spot, todo] = [[start], [start]];
  isFree[start] = 0;
  while (todo.length) {
    const here = todo.pop();
    const x = here % width;
    for (const there of [here - (x > 0), here + (x < width - 1), here - width, here + width]) {
      if (isFree[there]) { isFree[there] = 0; spot.push(there); todo.push(there); }
    }
  }
  return spot;
};

// Away from the frame, and what surrounds it, as far as it is wide, is clearly darker.
const isIsland = (spot, grey, width, height) => {
  const [columns, rows] = [spot.map((i) => i % width), spot.map((i) => Math.floor(i / width))];
  const [left, right, top, bottom] = [Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)];
  if (left === 0 || top === 0 || right === width - 1 || bottom === height - 1) return false;
  const reach = Math.max(3, (right - left + bottom - top) >> 1);
  let [sum, count] = [0, 0];
  for (let y = Math.max(0, top - reach); y < Math.min(height, bottom + reach + 1); y += 1) {
    for (let x = Math.max(0, left - reach); x < Math.min(width, right + reach + 1); x += 1) {
      if (grey[y * width + x] < BURNT) { sum += grey[y * width + x]; count += 1; }
    }
  }
  return count > 0 && sum / count < SHORE;
};

// The share of the frame under its largest burnt spot.
const glareOf = (grey, width, height) => {
  const isFree = Uint8Array.from(grey, (value) => value >= BURNT);
  let best = 0;
  for (let i = 0; i < grey.length; i += 1) {
    if (!isFree[i]) continue;
    const spot = spotFrom(i, isFree, width);
    if (spot.length > best && isIsland(spot, grey, width, height)) best = spot.length;
  }
  return best / grey.length;
};

const labOf = (data, at) => {
  const [r, g, b] = [LINEAR[data[at]], LINEAR[data[at + 1]], LINEAR[data[at + 2]]];
  const bend = (t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = bend((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = bend(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = bend((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

const apart = (one, other) => Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
const middleOf = (values) => values.sort((a, b) => a - b)[values.length >> 1];

const longest = (flags) => {
  let [best, start, last] = [0, -1, -1];
  flags.forEach((flag, place) => {
    if (!flag) return;
    if (start < 0 || place - last > Math.max(2, Math.floor(flags.length / 25))) start = place;
    last = place;
    best = Math.max(best, last - start + 1);
  });
  return best;
};

// Least squares through [x, y, value]: the level, what a column adds, what a row adds.
const planeOf = (points) => {
  const [mx, my, mv] = [0, 1, 2].map((i) => points.reduce((sum, point) => sum + point[i], 0) / points.length);
  let [xx, yy, xy, xv, yv] = [0, 0, 0, 0, 0];
  for (const [px, py, pv] of points) {
    const [x, y, v] = [px - mx, py - my, pv - mv];
    [xx, yy, xy, xv, yv] = [xx + x * x, yy + y * y, xy + x * y, xv + x * v, yv + y * v];
  }
  const whole = xx * yy - xy * xy;
  if (whole <= 0) return [mv, 0, 0];
  const [across, down] = [(xv * yy - yv * xy) / whole, (yv * xx - xv * xy) / whole];
  return [mv - across * mx - down * my, across, down];
};

// The planes of the ground's colour through the frame's edge, and how rough it is; null where most of the edge is no ground.
const groundOf = (labs, width, height) => {
  const seen = [];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (Math.min(x, y) < RING || x >= width - RING || y >= height - RING) seen.push([x, y, labs[y * width + x]]);
    }
  }
  const usual = [0, 1, 2].map((band) => middleOf(seen.map((one) => one[2][band])));
  const near = seen.filter((one) => apart(one[2], usual) <= FAR);
  if (near.length < 0.6 * seen.length) return null;
  let [kept, planes, off] = [near, [], []];
  for (let turn = 0; turn < 3; turn += 1) {
    planes = [0, 1, 2].map((band) => planeOf(kept.map(([x, y, lab]) => [x, y, lab[band]])));
    off = near.map(([x, y, lab]) => apart(lab, groundAt(planes, x, y)));
    const most = [...off].sort((a, b) => a - b)[Math.floor(0.9 * off.length)];
    kept = near.filter((_, i) => off[i] <= most);
  }
  return { planes, noise: middleOf(off) };
};

const groundAt = (planes, x, y) => planes.map(([level, across, down]) => level + across * x + down * y);

const weightOf = (spot, width, height) => spot.reduce((sum, i) => {
  const [x, y] = [i % width, Math.floor(i / width)];
  return sum + 1 + (width / 4 <= x && x < (3 * width) / 4 && height / 4 <= y && y < (3 * height) / 4);
}, 0);

// The longest piece of an edge through which it leaves, as a share of its extent; a shadow has less of its contrast.
const leaves = (spot, far, width, height) => {
  const usual = middleOf(spot.map((i) => far[i]));
  const like = new Set(spot.filter((i) => far[i] >= LIKE * usual));
  const extent = (values) => values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b)) + 1;
  const [wide, high] = [extent(spot.map((i) => i % width)), extent(spot.map((i) => Math.floor(i / width)))];
  const ring = [...Array(RING).keys()];
  const edges = [
    [wide, [...Array(width).keys()].map((x) => ring.map((y) => y * width + x))],
    [wide, [...Array(width).keys()].map((x) => ring.map((y) => (height - 1 - y) * width + x))],
    [high, [...Array(height).keys()].map((y) => ring.map((x) => y * width + x))],
    [high, [...Array(height).keys()].map((y) => ring.map((x) => y * width + width - 1 - x))],
  ];
  return Math.max(...edges.map(([along, edge]) => {
    const piece = longest(edge.map((places) => places.filter((i) => like.has(i)).length >= RING - 1));
    return piece > LEAST_PIECE * edge.length ? Math.min(1, piece / along) : 0;
  }));
};

// How much of the object goes on outside the frame; 0 where the ground is not plain.
const cutOf = ({ data, width, height }) => {
  const labs = Array.from({ length: width * height }, (_, i) => labOf(data, 4 * i));
  const ground = groundOf(labs, width, height);
  if (!ground || ground.noise > PLAIN) return 0;
  const far = labs.map((lab, i) => apart(lab, groundAt(ground.planes, i % width, Math.floor(i / width))));
  const limit = Math.min(FAR, Math.max(LEAST_FAR, NOISE * ground.noise));
  const isFree = Uint8Array.from(far, (value) => value > limit);
  const spots = [];
  for (let i = 0; i < far.length; i += 1) if (isFree[i]) spots.push(spotFrom(i, isFree, width));
  const weights = spots.map((spot) => weightOf(spot, width, height));
  const top = Math.max(0, ...weights);
  const objects = spots.filter((spot, i) => weights[i] >= 0.35 * top && spot.length >= 0.02 * width * height);
  return Math.max(0, ...objects.map((spot) => leaves(spot, far, width, height)));
};

const drawn = (source, wide, high, width) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.min(width, wide), Math.max(1, Math.round((high * Math.min(width, wide)) / wide))];
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
};

// `source` is what a canvas draws (a video, a picture) of `wide` × `high` pixels.
export const measure = (source, wide, high) => {
  const [base, tiny] = [drawn(source, wide, high, SIDE), drawn(source, wide, high, TINY)];
  const [grey, little] = [greyOf(base), greyOf(tiny)];
  const { width, height } = base;
  return {
    little,
    light: lightOf(grey, width, height),
    blur: blurOf(grey, width, height),
    tilt: tiltOf(grey, width, height),
    glare: glareOf(little, tiny.width, tiny.height),
    cut: cutOf(tiny),
  };
};

// What is wrong, in the order to tell it.
export const faultsOf = ({ light, blur, tilt, glare, cut }) => {
  const isDark = light.high < LIMITS.darkest || light.mean < LIMITS.dim;
  const found = {
    dark: isDark,
    bright: light.blown > LIMITS.blown,
    blur: blur !== null && blur > LIMITS.blurred && !isDark,
    glare: glare > LIMITS.glare,
    cut: cut > LIMITS.cut,
    tilt: tilt.angle !== 0 && tilt.agree >= Math.max(LIMITS.leans[0], LIMITS.leans[1] * tilt.level),
  };
  return Object.keys(found).filter((name) => found[name]);
};

// What may be wrong where nothing is: said, never more.
export const doubtOf = ({ cut }) => (cut > LIMITS.mayBeCut && cut <= LIMITS.cut ? "whole" : null);
