// Suggestions under the search field: a list box that arrows walk; Enter on none searches as usual.
const input = document.querySelector("input[data-rebond-suggest]");
if (input) {
  const box = document.createElement("ul");
  box.className = "suggest";
  box.id = "suggestions";
  box.setAttribute("role", "listbox");
  box.hidden = true;
  input.closest(".affix").append(box);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", box.id);
  input.setAttribute("aria-autocomplete", "list");
  let timer, at = -1, last = "";
  const close = () => { box.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = () => [...box.children].forEach((row, i) => {
    row.setAttribute("aria-selected", String(i === at));
    if (i === at) input.setAttribute("aria-activedescendant", row.id);
  });
  const ask = async () => {
    const q = input.value.trim();
    if (q.length < 2) return close();
    last = q;
    const answer = await fetch(`${input.dataset.rebondSuggest}?${new URLSearchParams({ q })}`).catch(() => null);
    if (!answer?.ok || q !== last) return;
    const rows = (await answer.json()).rows;
    box.replaceChildren(...rows.map((row, i) => {
      const li = document.createElement("li");
      li.id = `suggestion-${i}`;
      li.setAttribute("role", "option");
      li.dataset.url = row.url;
      const label = document.createElement("b");
      label.textContent = row.label;
      li.append(label);
      if (row.kind) { const kind = document.createElement("span"); kind.textContent = row.kind; li.append(" ", kind); } // read apart
      return li;
    }));
    at = -1;
    box.hidden = !rows.length;
    input.setAttribute("aria-expanded", String(!!rows.length));
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
  input.addEventListener("keydown", (event) => {
    if (box.hidden) return;
    const n = box.children.length;
    if (event.key === "ArrowDown") at = (at + 1) % n;
    else if (event.key === "ArrowUp") at = (at - 1 + n) % n;
    else if (event.key === "Escape") return close();
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); location.assign(box.children[at].dataset.url); return; }
    else return;
    event.preventDefault();
    mark();
  });
  box.addEventListener("mousedown", (event) => { const row = event.target.closest("li"); if (row) { event.preventDefault(); location.assign(row.dataset.url); } });
  input.addEventListener("blur", () => setTimeout(close, 100));
}
