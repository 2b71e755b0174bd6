// What scales say, made into grams: lines of text of serial ones, reports of USB HID ones (HID Point of Sale Usage
// Tables, page 0x8D). Nothing of the page here: a test reads it alone.
export const SCALE_PAGE = 0x8d;
const DATA_WEIGHT = (SCALE_PAGE << 16) | 0x40;
const LINE = /(-?\d+(?:[.,]\d+)?)\s*(kg|g)\b/i;

// Status of a data report (usages 0x71 to 0x78).
const STATUS = ["", "fault", "zero", "moving", "stable", "under", "over", "calibrate", "rezero"];
// Unit of a data report (usages 0x51 to 0x5C), in grams; taels differ from place to place: not read.
const GRAMS = {
  0x01: 0.001, // milligram
  0x02: 1, // gram
  0x03: 1000, // kilogram
  0x04: 0.2, // carat
  0x06: 0.06479891, // grain
  0x07: 1.55517384, // pennyweight
  0x08: 1_000_000, // metric ton
  0x09: 907_184.74, // short ton
  0x0a: 31.1034768, // troy ounce
  0x0b: 28.349523125, // ounce
  0x0c: 453.59237, // pound
};

export const gramsOfLine = (line) => {
  const found = LINE.exec(line);
  if (!found) return null;
  const value = Number(found[1].replace(",", "."));
  return Math.round(found[2].toLowerCase() === "kg" ? value * 1000 : value);
};

// {status, grams} of a data report (a DataView without its report id): status, unit, power of ten, then the weight,
// little end first. `grams` is null where the unit is unknown or the status says that no weight is to be read.
export const readReport = (data) => {
  if (data.byteLength < 5) return null;
  const status = STATUS[data.getUint8(0) & 0x0f];
  if (!status) return null;
  const unit = GRAMS[data.getUint8(1) & 0x0f];
  const power = data.getInt8(2);
  const weight = data.byteLength >= 7 ? data.getUint32(3, true) : data.getUint16(3, true);
  if (status === "zero") return { status, grams: 0 };
  if (!unit || !["moving", "stable"].includes(status) || power < -6 || power > 6) return { status, grams: null };
  return { status, grams: Math.round(Number(`${weight}e${power}`) * unit) };
};

// The number of the report that holds the weight; null where the device does not say (then each report is tried).
export const dataReportOf = (collections) => {
  for (const collection of collections) {
    for (const report of collection.inputReports || []) {
      if ((report.items || []).some((item) => (item.usages || []).includes(DATA_WEIGHT))) return report.reportId;
    }
    const inside = dataReportOf(collection.children || []);
    if (inside !== null) return inside;
  }
  return null;
};
