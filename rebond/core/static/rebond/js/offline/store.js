// What a device keeps while there is no network, and how it sends it: the same file runs in pages (a module imported
// for what it does) and in the service worker (importScripts), so it exports nothing and sets `rebondKept`.
// An act: { n, operation, act, fields, files, label, detail, proof, hours, wall, mono, life, state, attempts, words,
// link, linkWords }. States: sending (a form is on its way), saved (never tried), waiting (tried, no answer),
// refused, conflict, done.
(() => {
  const RECEIVE = "/atelier/envoi/";
  const LEAVE = "/atelier/sortie/";
  const LIFE = crypto.randomUUID(); // of this page or worker: its monotonic clock means nothing to another one
  const DONE_KEPT = 8; // what was sent stays in the list for a while
  const TRIES = 5; // answers of a server that fails, before a person is told
  const told = new EventTarget(); // "change": here or in another tab
  const channel = new BroadcastChannel("rebond-kept"); // does not hear itself
  channel.onmessage = () => told.dispatchEvent(new Event("change"));
  let opened;

  const open = () => {
    opened ??= new Promise((done, failed) => {
      const asked = indexedDB.open("rebond", 1);
      asked.onupgradeneeded = () => {
        const acts = asked.result.createObjectStore("acts", { keyPath: "n", autoIncrement: true });
        acts.createIndex("operation", "operation", { unique: true });
        asked.result.createObjectStore("kept");
      };
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => { opened = undefined; failed(asked.error); };
    });
    return opened;
  };

  // One transaction: resolved when it is on the disk, not when it was asked.
  const change = async (name, work) => {
    const base = await open();
    return new Promise((done, failed) => {
      const transaction = base.transaction(name, "readwrite", { durability: "strict" });
      const asked = work(transaction.objectStore(name));
      transaction.oncomplete = () => done(asked?.result);
      transaction.onabort = () => failed(transaction.error ?? asked?.error);
      transaction.onerror = () => failed(transaction.error ?? asked?.error);
    });
  };
  const read = async (name, work) => {
    const base = await open();
    return new Promise((done, failed) => {
      const asked = work(base.transaction(name).objectStore(name));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  };

  const get = (key) => read("kept", (store) => store.get(key));
  const set = (key, value) => change("kept", (store) => store.put(value, key));
  const remove = (key) => change("kept", (store) => store.delete(key));
  const all = () => read("acts", (store) => store.getAll());
  const find = (operation) => read("acts", (store) => store.index("operation").get(operation));
  const tell = () => { channel.postMessage("change"); told.dispatchEvent(new Event("change")); };

  // Rejects with QuotaExceededError where the device is full: then nothing is kept, and the screen says so.
  const add = async (act) => {
    const now = { wall: Date.now(), mono: performance.now(), life: LIFE };
    const n = await change("acts", (store) => store.add({ files: [], attempts: 0, words: "", link: "", state: "saved", ...now, ...act }));
    tell();
    return n;
  };
  const put = async (act) => { await change("acts", (store) => store.put(act)); tell(); };
  const drop = async (n) => { await change("acts", (store) => store.delete(n)); tell(); };

  const isOpen = (act) => ["saved", "waiting", "sending"].includes(act.state);
  const isAsking = (act) => ["refused", "conflict"].includes(act.state);
  const counts = async () => {
    const acts = await all();
    return { open: acts.filter(isOpen).length, asking: acts.filter(isAsking).length };
  };

  // How long ago: a difference of one clock with itself, so a clock that is wrong says it right. Set back meanwhile, the
  // page's own count holds; what is left is bounded by the server.
  const ageOf = (act) => Math.round(Math.max(0, Date.now() - act.wall, act.life === LIFE ? performance.now() - act.mono : 0));

  const locked = (name, options, work) => (navigator.locks ? navigator.locks.request(name, options, work) : work({}));
  const lockOf = (act) => `rebond-act-${act.operation}`;

  const ask = async (act) => {
    const body = new FormData();
    const facts = { operation: act.operation, act: act.act, proof: act.proof, age: String(ageOf(act)), forced: act.forced ? "1" : "" };
    for (const [name, value] of Object.entries(facts)) body.set(name, value);
    body.set("fields", JSON.stringify(act.fields));
    for (const file of act.files) body.set(file.name, file.blob, "photo.jpg");
    return fetch(RECEIVE, { method: "POST", body, redirect: "error", signal: AbortSignal.timeout(act.files.length ? 120_000 : 30_000) });
  };

  const settled = async (act, answer) => {
    const isReadable = answer.headers.get("Content-Type")?.startsWith("application/json");
    const found = isReadable ? await answer.json() : { state: "refused", words: "" };
    const next = { ...act, state: found.state, words: found.words, link: found.link ?? "", linkWords: found.link_words ?? "" };
    if (found.state === "done") Object.assign(next, { files: [], fields: {}, proof: "" });
    await put(next);
  };

  // True where the next one may follow, false where nothing passes now.
  const sendOne = async (act) => {
    let answer;
    try {
      answer = await ask(act);
    } catch {
      await put({ ...act, state: "waiting", attempts: act.attempts + 1 });
      return false;
    }
    if ([429, 502, 503, 504].includes(answer.status)) {
      await put({ ...act, state: "waiting", attempts: act.attempts + 1 });
      return false;
    }
    if (answer.status >= 500) {
      const failed = (act.failed ?? 0) + 1;
      await put({ ...act, state: failed >= TRIES ? "refused" : "waiting", words: "", failed, attempts: act.attempts + 1 });
      return true;
    }
    await settled(act, answer);
    return true;
  };

  const forgetOld = async () => {
    const done = (await all()).filter((act) => act.state === "done");
    for (const act of done.slice(0, -DONE_KEPT)) await drop(act.n);
  };

  // Somebody left while there was no network: their session ends before anything else is asked.
  const settleLeave = async () => {
    const left = await get("left");
    if (!left) return;
    const body = new URLSearchParams(left);
    const answer = await fetch(LEAVE, { method: "POST", body, redirect: "manual" });
    if (answer.status < 500) await remove("left");
  };

  // In the order in which they were done, one sender at a time whatever the number of tabs. `wait`: for how long to wait
  // for another sender (ms); 0 leaves it to that one.
  const flush = async ({ wait = 0, before = Infinity } = {}) => {
    const options = wait ? { signal: AbortSignal.timeout(wait) } : { ifAvailable: true };
    const work = async (lock) => {
      if (!lock) return;
      await settleLeave();
      for (const { n } of (await all()).filter((one) => isOpen(one) && one.n < before)) {
        const act = await read("acts", (store) => store.get(n));
        if (!act || !isOpen(act)) continue;
        const goesOn = await locked(lockOf(act), { ifAvailable: true }, (own) => (own ? sendOne(act) : false));
        if (!goesOn) break;
      }
      await forgetOld();
    };
    try { await locked("rebond-send", options, work); } catch { /* no network, or another sender: it comes again */ }
  };

  // The person of this session went: what they carried goes, what they did stays until it is sent.
  const forgetPerson = async () => {
    await remove("luggage");
    await remove("touched");
    for (const act of (await all()).filter((one) => one.state === "done")) await drop(act.n);
  };

  // The pictures of the object in hand, one by one: a tab that is killed loses none.
  const draftShot = async ({ person, code, shown, shot, operation, blob }) => {
    const before = await get("draft");
    const shots = before?.code === code && before.person === person ? before.shots : [];
    await set("draft", { person, code, shown, shots: [...shots.filter((one) => one.operation !== operation), { shot, operation, blob }] });
  };

  // The object is done: its draft becomes an act.
  const closeDraft = async (facts) => {
    const draft = await get("draft");
    if (!draft?.shots.length) { await remove("draft"); return null; }
    const operation = crypto.randomUUID();
    const shots = draft.shots.map(({ shot, operation: own }) => ({ shot, operation: own }));
    const files = draft.shots.map(({ blob }, number) => ({ name: `photo-${number}`, blob }));
    const fields = { item: draft.code, shots: JSON.stringify(shots) };
    await add({ operation, act: "workshop.photos", fields, files, label: draft.shown, count: files.length, ...facts });
    await remove("draft");
    return operation;
  };

  globalThis.rebondKept = { get, set, remove, all, find, add, put, drop, counts, isOpen, isAsking, flush, settleLeave, forgetPerson, draftShot, closeDraft, locked, lockOf, told };
})();
