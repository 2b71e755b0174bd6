// A new object's label leaves with the gesture that made it: the print of this page (only the label is on paper; a browser
// started with --kiosk-printing asks nothing), or the label printer's file. Once: reading the page again prints nothing.
const note = document.querySelector("[data-rebond-label]");

const forget = () => {
  const address = new URL(location.href);
  address.searchParams.set("etiquette", "0");
  history.replaceState(null, "", address);
};

const paperIsThere = (link) => link.sheet ? null : new Promise((done) => { link.onload = done; link.onerror = done; });

const leave = async () => {
  if (new URL(location.href).searchParams.get("etiquette") !== "1") return; // the page comes back from the history
  forget();
  note.hidden = false;
  document.querySelector("[data-label-by-hand]").hidden = true;
  const file = document.querySelector("[data-label-file]");
  if (file) { file.click(); return; }
  await paperIsThere(document.querySelector("[data-label-paper]"));
  await document.fonts.ready;
  window.print();
};

if (note) leave();
