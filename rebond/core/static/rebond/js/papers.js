// The papers of a parcel leave by the gesture that packed it: they are read into this page and printed. Once: reading the
// page again prints nothing. Without this script, or where the browser shows no PDF, the link opens them.
const link = document.querySelector("[data-rebond-papers]");

const print = () => {
  const address = new URL(location.href);
  if (!address.searchParams.has("imprimer")) return; // the page comes back from the history
  address.searchParams.delete("imprimer");
  history.replaceState(null, "", address);
  const frame = document.createElement("iframe");
  frame.className = "sr";
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  frame.onload = () => frame.contentWindow?.print();
  frame.src = link.href;
  document.body.append(frame);
};

if (link && navigator.pdfViewerEnabled) print();
