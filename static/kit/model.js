// The model as the server reports it: looked up, and waited for while it wakes up.

import { sleep, untilShown } from "./waiting.js";

const SOON_TRIES = 60;
const SOON_MS = 2000;
const LATER_MS = 15000; // once that many tries have been in vain

// Resolves to the report of a model that is ready. Until then `onAsleep(report)` is told of each look at it,
// but for those that get no answer; nobody looks while the page is hidden. Rejects once `signal` fires.
export async function readyModel(name, { signal, onAsleep }) {
  for (let tries = 0; ; tries += 1) {
    await untilShown(signal);
    const model = await report(name);
    signal.throwIfAborted();
    if (model?.ready) return model;
    if (model) onAsleep(model);
    await sleep(tries < SOON_TRIES ? SOON_MS : LATER_MS, signal);
  }
}

async function report(name) {
  try {
    const response = await fetch("/api/models", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!response.ok) return null;
    return (await response.json()).find((model) => model.name === name) ?? null;
  } catch {
    return null;
  }
}
