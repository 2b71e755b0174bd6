// Codes of objects, places and boxes, told apart without the server (the same as core.codes and warehouse.codes).
const ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXYZ";
const ITEM = new RegExp(`^([A-Z]{2,4})([${ALPHABET}]{6})([${ALPHABET}])$`);
const PLACE = new RegExp(`^([PB])([${ALPHABET}]{6})([${ALPHABET}])$`);

const check = (body) => {
  const size = ALPHABET.length;
  let product = size;
  for (const sign of body) {
    const place = ALPHABET.indexOf(sign);
    const value = place >= 0 ? place : (sign.charCodeAt(0) * 7) % size;
    const total = (product + value) % size || size;
    product = (total * 2) % (size + 1);
  }
  return ALPHABET[(size + 1 - product) % size];
};

// { kind: item, place, box, badge, barcode or unknown; code; shown }
export const readCode = (text) => {
  const squeezed = text.trim().replace(/\/+$/, "").split("/").pop().replace(/[\s\-–.]+/g, "").toUpperCase();
  const found = PLACE.exec(squeezed) ?? ITEM.exec(squeezed);
  if (found && check(found[1] + found[2]) === found[3]) {
    const kind = found[1] === "P" ? "place" : found[1] === "B" ? "box" : "item";
    return { kind, code: squeezed, shown: [found[1], `${found[2].slice(0, 3)}\u00a0${found[2].slice(3)}`, found[3]].join("-\u2060") }; // never cut at a hyphen
  }
  if (/^RB/i.test(text.trim())) return { kind: "badge", code: "", shown: "" };
  if (/^\d{8}$|^\d{12,13}$/.test(squeezed)) return { kind: "barcode", code: squeezed, shown: squeezed };
  return { kind: "unknown", code: squeezed, shown: text.trim().slice(0, 20) };
};
