// Objects seen lately are kept in this browser only: nothing is told to the server until the page of them is opened.
const own = document.querySelector("script[data-code]");
const read = () => { try { return JSON.parse(localStorage.getItem("rebond:seen") ?? "[]"); } catch { return []; } };
if (own) {
  const codes = [own.dataset.code, ...read().filter((code) => code !== own.dataset.code)].slice(0, 24);
  try { localStorage.setItem("rebond:seen", JSON.stringify(codes)); } catch { /* a private window keeps nothing */ }
}
const shelf = document.querySelector("[data-rebond-seen]");
if (shelf) {
  const codes = read();
  if (codes.length) {
    const answer = await fetch(`${shelf.dataset.rebondSeen}?${new URLSearchParams({ codes: codes.join(",") })}`).catch(() => null);
    if (answer?.ok) {
      const text = (await answer.text()).trim();
      if (text) { shelf.querySelector("ul").innerHTML = text; shelf.hidden = false; }
    }
  }
}
