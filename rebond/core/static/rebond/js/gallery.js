// Gallery of an item: the thumbnail of the photo in view is marked; a photo opens in a dialog that zooms by
// click, wheel, pinch and keys. Without this module the anchors move the strip and each photo opens by itself.
const LARGEST = 4;

function gallery(root) {
  const strip = root.querySelector(".strip-photos");
  const slides = [...strip.children];
  const thumbs = [...root.querySelectorAll(".gallery-thumbs a")];
  const dialog = root.querySelector("dialog");
  const stage = dialog.querySelector(".zoom-stage");
  const picture = stage.querySelector("img");
  const text = dialog.querySelector(".zoom-text");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let current = 0;
  let view = { scale: 1, x: 0, y: 0 };

  const mark = (index) => {
    current = index;
    thumbs.forEach((thumb, i) => (i === index ? thumb.setAttribute("aria-current", "true") : thumb.removeAttribute("aria-current")));
  };
  const reveal = (index, behavior = calm.matches ? "auto" : "smooth") => strip.scrollTo({ left: slides[index].offsetLeft - strip.offsetLeft - strip.clientLeft, behavior });

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) mark(slides.indexOf(entry.target));
  }, { root: strip, threshold: 0.6 });
  slides.forEach((slide) => seen.observe(slide));

  thumbs.forEach((thumb, i) => thumb.addEventListener("click", (event) => { event.preventDefault(); reveal(i); }));

  // --- the dialog
  function draw() {
    const roomX = Math.max(0, (picture.clientWidth * view.scale - stage.clientWidth) / 2);
    const roomY = Math.max(0, (picture.clientHeight * view.scale - stage.clientHeight) / 2);
    view.x = Math.min(roomX, Math.max(-roomX, view.x));
    view.y = Math.min(roomY, Math.max(-roomY, view.y));
    picture.style.setProperty("--x", `${view.x}px`);
    picture.style.setProperty("--y", `${view.y}px`);
    picture.style.setProperty("--z", view.scale);
    stage.classList.toggle("is-large", view.scale > 1);
  }
  // The point under (x, y) of the window stays where it is.
  function zoom(factor, x, y) {
    const scale = Math.min(LARGEST, Math.max(1, view.scale * factor));
    const box = stage.getBoundingClientRect();
    const dx = (x ?? box.left + box.width / 2) - box.left - box.width / 2;
    const dy = (y ?? box.top + box.height / 2) - box.top - box.height / 2;
    const ratio = scale / view.scale;
    view = { scale, x: dx - (dx - view.x) * ratio, y: dy - (dy - view.y) * ratio };
    draw();
  }
  function show(index) {
    const slide = slides[(index + slides.length) % slides.length];
    const link = slide.querySelector(".photo-open");
    const small = slide.querySelector("img");
    picture.src = link.href;
    picture.alt = small.alt;
    picture.style.setProperty("--ratio", link.dataset.zoomWidth / link.dataset.zoomHeight);
    picture.style.setProperty("--near", `url("${small.currentSrc || small.src}")`);
    const nth = slide.querySelector(".item-badge").textContent;
    text.textContent = small.alt && small.alt !== nth ? `${nth} · ${small.alt}` : nth;
    view = { scale: 1, x: 0, y: 0 };
    mark(slides.indexOf(slide));
    draw();
  }
  slides.forEach((slide, i) => slide.querySelector(".photo-open").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.showModal();
    show(i);
  }));
  dialog.addEventListener("close", () => {
    reveal(current, "auto");
    slides[current].querySelector(".photo-open").focus({ preventScroll: true });
  });

  const step = (by) => show(current + by);
  dialog.querySelector(".zoom-close").addEventListener("click", () => dialog.close());
  dialog.querySelector(".zoom-before")?.addEventListener("click", () => step(-1));
  dialog.querySelector(".zoom-after")?.addEventListener("click", () => step(1));
  dialog.querySelector(".zoom-in").addEventListener("click", () => zoom(1.5));
  dialog.querySelector(".zoom-out").addEventListener("click", () => zoom(1 / 1.5));
  dialog.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (move && view.scale > 1) { view.x += move[0]; view.y += move[1]; draw(); }
    else if (event.key === "ArrowLeft" && slides.length > 1) step(-1);
    else if (event.key === "ArrowRight" && slides.length > 1) step(1);
    else if (event.key === "+" || event.key === "=") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
    else if (event.key === "0") { view = { scale: 1, x: 0, y: 0 }; draw(); }
    else return;
    event.preventDefault();
  });
  stage.addEventListener("wheel", (event) => { event.preventDefault(); zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX, event.clientY); }, { passive: false });

  // One finger drags (or turns the page when not zoomed), two pinch, a tap zooms in and out.
  const fingers = new Map();
  let start = null;
  const spread = () => { const [a, b] = [...fingers.values()]; return { size: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }; };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    stage.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) start = { x: event.clientX, y: event.clientY, moved: 0, pinched: false };
    else if (start) start.pinched = true;
  });
  stage.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const old = fingers.size === 2 ? spread() : null;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    start.moved = Math.max(start.moved, Math.hypot(event.clientX - start.x, event.clientY - start.y));
    if (old) {
      const now = spread();
      view.x += now.x - old.x;
      view.y += now.y - old.y;
      zoom(now.size / (old.size || 1), now.x, now.y);
    } else if (view.scale > 1) {
      view.x += event.clientX - before.x;
      view.y += event.clientY - before.y;
      draw();
    }
  });
  const lift = (event) => {
    if (!fingers.delete(event.pointerId) || fingers.size || !start) return;
    const dx = event.clientX - start.x;
    if (event.type === "pointerup" && !start.pinched) {
      if (start.moved < 8) zoom(view.scale > 1 ? 0 : 2.5, event.clientX, event.clientY);
      else if (view.scale === 1 && slides.length > 1 && Math.abs(dx) > 50) step(dx < 0 ? 1 : -1);
    }
    start = null;
  };
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);
  addEventListener("resize", () => dialog.open && draw());
}

document.querySelectorAll("[data-rebond-gallery]").forEach(gallery);
