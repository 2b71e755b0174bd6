// The listing in hand: the questions that need nothing of the server. What was answered here is not asked again.
import { choices, field, say, screen } from "./draw.js";
import { keepAct } from "./flows.js";

const kept = globalThis.rebondKept;
const DECIMAL = new Set(["figure", "weight", "price"]);
const FIELD = { price: "price" };
const go = (hash) => { if (location.hash === `#${hash}`) dispatchEvent(new HashChangeEvent("hashchange")); else location.hash = hash; };
const toWork = { words: say("back"), icon: "arrow-left", act: () => go("travail") };

// An answer that was not sent yet gives way to the new one: the last word counts.
const give = async (luggage, task, question, posted, shown) => {
  for (const act of await kept.all()) {
    if (act.act === "workshop.answer" && act.state !== "done" && act.fields.task === task.task && act.fields.path === question.path) await kept.drop(act.n);
  }
  const fields = { task: task.task, path: question.path, seen: question.seen, ...posted };
  return keepAct(luggage, { act: "workshop.answer", fields, label: task.label, detail: `${question.title} ${shown}` });
};

export const drawAnswers = async (luggage, value) => {
  const tasks = luggage.writing ?? [];
  const task = tasks.find((one) => one.task === value) ?? (tasks.length === 1 ? tasks[0] : null);
  if (!task) {
    const body = tasks.length ? [choices(tasks, (chosen) => go(`annonces=${chosen.task}`))] : [];
    screen({ where: say("work_write"), title: say(tasks.length ? "which_listing" : "no_listing"), hint: tasks.length ? "" : say("no_listing_hint"), body, back: toWork });
    return;
  }
  const given = new Set((await kept.all()).filter((act) => act.act === "workshop.answer" && act.fields.task === task.task).map((act) => act.fields.path));
  const question = task.questions.find((one) => !one.done && !given.has(one.path));
  if (!question) {
    screen({ where: task.label, title: say("answers_done"), hint: say("answers_done_hint"), art: "tablet", back: toWork });
    return;
  }
  ask(luggage, task, question);
};

const ask = (luggage, task, question) => {
  const next = async (posted, shown) => { if (await give(luggage, task, question, posted, shown)) go(`annonces=${task.task}`); };
  const skip = question.required ? null : { words: say("dont_know"), icon: "circle-question-mark", act: () => next({ do: "skip" }, "") };
  if (question.choices.length) {
    const body = [choices(question.choices, (row) => next({ answer: row.value }, row.label))];
    screen({ where: task.label, title: question.title, body, back: toWork, main: skip });
    return;
  }
  const mode = DECIMAL.has(question.form) ? "decimal" : "";
  const label = question.unit ? say("in_unit", { unit: question.unit }) : say("your_answer");
  const form = field({ label, mode }, (text) => { if (text) next({ [FIELD[question.form] ?? "answer"]: text }, text); });
  screen({ where: task.label, title: question.title, body: [form], back: skip ?? toWork, main: { words: say("next"), icon: "arrow-right", form: form.id } });
};
