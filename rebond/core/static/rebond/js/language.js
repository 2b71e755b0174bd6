// The link to the other language keeps what filters have put in the address since the page was drawn.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[hreflang]");
  if (!link) return;
  const address = new URL(location.href);
  address.searchParams.set("langue", link.hreflang);
  link.href = address.href;
});
