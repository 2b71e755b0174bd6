// The service worker of the stations' pages. Pages always come from the network: what it keeps is the page that works
// without, its files, and the forms that found nobody. `self.REBOND` is set by the server before this file.
const kept = self.rebondKept;
const { version, shell, leave, files } = self.REBOND;
const CACHE = `rebond-${version}`;
const PATIENCE = { visit: 10_000, post: 30_000, behind: 8_000 }; // ms
const AWAY = [502, 503, 504]; // somebody answers, but not the server

self.addEventListener("install", (event) => {
  const fresh = [...files, shell].map((url) => new Request(url, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name.startsWith("rebond-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});
self.addEventListener("sync", (event) => { if (event.tag === "rebond") event.waitUntil(kept.flush({ wait: PATIENCE.behind })); });

const within = (promise, ms) => Promise.race([promise, new Promise((_done, failed) => { setTimeout(() => failed(new Error("slow")), ms); })]);
const reach = async (request, ms) => {
  const answer = await within(fetch(request), ms);
  if (AWAY.includes(answer.status)) throw new Error("away");
  return answer;
};
const toShell = (hash) => Response.redirect(`${shell}#${hash}`, 303);
const later = () => self.registration.sync?.register("rebond").catch(() => {});

const visit = async (request) => {
  const url = new URL(request.url);
  const isShell = url.pathname === shell;
  try {
    if (!isShell) await within(kept.settleLeave(), PATIENCE.visit);
    const answer = await reach(request, PATIENCE.visit);
    if (isShell && answer.ok) await (await caches.open(CACHE)).put(shell, answer.clone());
    return answer;
  } catch {
    return isShell ? (await caches.match(shell)) ?? Response.error() : toShell(`page=${encodeURIComponent(url.pathname)}`);
  }
};

const NOT_FIELDS = new Set(["csrfmiddlewaretoken", "operation", "act", "label"]);
const actOf = (form, luggage) => {
  const fields = {};
  const found = [];
  for (const [name, value] of form) {
    if (NOT_FIELDS.has(name)) continue;
    if (typeof value === "string") fields[name] = value;
    else if (value.size) found.push({ name, blob: value });
  }
  return {
    operation: form.get("operation"),
    act: form.get("act"),
    label: form.get("label") ?? "",
    fields,
    files: found,
    proof: luggage.proof,
    hours: luggage.hours,
    state: "sending",
  };
};

const goAway = async (request, form) => {
  try {
    const answer = await reach(request, PATIENCE.visit);
    await kept.forgetPerson();
    return answer;
  } catch {
    await kept.forgetPerson();
    await kept.set("left", [...form].filter(([, value]) => typeof value === "string"));
    return toShell("parti");
  }
};

// Written down before it is sent: whatever happens after (no network, no answer, a tab that is killed), it is there.
const keep = async (request, form, luggage) => {
  const act = actOf(form, luggage);
  try {
    act.n = await kept.add(act);
  } catch (full) {
    try { return await reach(request, PATIENCE.post); } catch { return toShell(full?.name === "ConstraintError" ? `garde=${act.operation}` : "plein"); }
  }
  return kept.locked(kept.lockOf(act), {}, async () => {
    const before = async () => (await kept.all()).some((one) => one.n < act.n && kept.isOpen(one));
    if (await before()) await kept.flush({ wait: PATIENCE.behind, before: act.n });
    const mine = { ...(await kept.find(act.operation)), state: "saved" };
    if (await before()) { // what is done after stays behind it
      await kept.put(mine);
      later();
      return toShell(`garde=${act.operation}`);
    }
    try {
      const answer = await reach(request, PATIENCE.post);
      await kept.drop(act.n);
      return answer;
    } catch {
      await kept.put({ ...mine, state: "waiting", attempts: 1 });
      later();
      return toShell(`garde=${act.operation}`);
    }
  });
};

const post = async (request) => {
  const form = await request.clone().formData().catch(() => new FormData());
  const path = new URL(request.url).pathname;
  if (path === leave) return goAway(request, form);
  const act = form.get("act") ?? "";
  const luggage = await kept.get("luggage");
  if (act && !act.startsWith("open.") && form.get("operation") && luggage) return keep(request, form, luggage);
  try {
    await within(kept.settleLeave(), PATIENCE.visit);
    return await reach(request, PATIENCE.post);
  } catch {
    return toShell(act.startsWith("open.") ? `${act.slice(5)}=${encodeURIComponent(form.get("code") ?? "")}` : "reseau");
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (request.method === "POST") event.respondWith(post(request));
    else if (request.method === "GET") event.respondWith(visit(request));
  } else if (request.method === "GET" && ["style", "script", "font", "image"].includes(request.destination)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request, { ignoreVary: true })) ?? Response.error()));
  }
});
