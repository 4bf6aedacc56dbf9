// A run on the server: asking for it, watching its frames, taking it up again, withdrawing.

import { sleep } from "./waiting.js";

const RECONNECTS = [500, 1000, 2000, 4000]; // ms between tries once the browser itself has given up

export class RunRefused extends Error {
  constructor(message, field = null) {
    super(message);
    this.field = field;
  }
}

// Ask for a run until the server takes it. While it cannot, `onWait({ isWaking, message, seconds })` is
// called every second. Resolves to the run, or rejects with RunRefused or, when `signal` fires, AbortError.
export async function requestRun(settings, { signal, onWait }) {
  for (;;) {
    const response = await post(settings, signal);
    const body = await response.json().catch((error) => {
      if (error.name === "AbortError") throw error;
      return {};
    });
    if (response.ok) return body;
    const message = body.error?.message ?? `The server answered with status ${response.status}.`;
    if (response.status !== 503 && response.status !== 429) throw new RunRefused(message, body.error?.field);
    const isWaking = response.status === 503 && (await isAsleep(signal));
    const wait = Math.max(1, Math.min(60, Number(response.headers.get("Retry-After")) || 2));
    for (let seconds = wait; seconds > 0; seconds -= 1) {
      onWait({ isWaking, message, seconds });
      await sleep(1000, signal);
    }
  }
}

async function post(settings, signal) {
  try {
    return await fetch("/api/runs", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(settings),
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RunRefused("The server cannot be reached. Is it still running, and are you online?");
  }
}

// The engine or the database does not answer yet, as opposed to having too much to do.
async function isAsleep(signal) {
  try {
    return (await fetch("/readyz", { signal, cache: "no-store" })).status === 503;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return false;
  }
}

// `viewer` is the name of the stream that is given up: the same run may be on show in another tab.
export function withdraw(run, viewer) {
  const address = `/api/runs/${encodeURIComponent(run.id)}?viewer=${viewer}`;
  fetch(address, { method: "DELETE", keepalive: true }).catch(() => {});
}

function newName() {
  const words = crypto.getRandomValues(new Uint32Array(2));
  return Array.from(words, (word) => word.toString(36)).join("");
}

// The events of a run. A page holds one at a time; it is closed while the page is hidden and goes on
// after the last frame that arrived. It ends only with `done` or `failed`; anything else is a lost connection.
export class RunStream {
  constructor(run, handlers) {
    this.run = run;
    this.viewer = newName();
    this.handlers = handlers;
    this.last = -1;
    this.failures = 0;
    this.isOver = false;
    this.onVisibility = () => (document.hidden ? this.disconnect() : this.connect());
    document.addEventListener("visibilitychange", this.onVisibility);
    if (!document.hidden) this.connect();
  }

  connect() {
    if (this.source || this.isOver) return;
    clearTimeout(this.timer);
    const address = new URL(this.run.frames, location.href);
    address.searchParams.set("viewer", this.viewer);
    if (this.last >= 0) address.searchParams.set("after", this.last);
    const source = new EventSource(address);
    this.source = source;
    source.addEventListener("frame", (event) => {
      this.failures = 0;
      this.last = Number(event.lastEventId);
      this.handlers.onFrame(event.data);
    });
    source.addEventListener("waiting", (event) => {
      this.failures = 0;
      this.handlers.onWaiting(JSON.parse(event.data));
    });
    source.addEventListener("done", (event) => this.finish(() => this.handlers.onDone(JSON.parse(event.data))));
    source.addEventListener("failed", (event) =>
      this.finish(() => this.handlers.onFailed(JSON.parse(event.data))),
    );
    source.onerror = () => this.onBroken(source);
  }

  onBroken(source) {
    if (this.isOver || source !== this.source) return;
    this.failures += 1;
    if (this.failures > RECONNECTS.length) {
      this.finish(() => this.handlers.onLost());
      return;
    }
    this.handlers.onBroken();
    if (source.readyState === EventSource.CLOSED) {
      this.disconnect();
      this.timer = setTimeout(() => this.connect(), RECONNECTS[this.failures - 1]);
    }
  }

  disconnect() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  finish(tell) {
    this.close();
    tell();
  }

  close() {
    this.isOver = true;
    this.disconnect();
    document.removeEventListener("visibilitychange", this.onVisibility);
  }
}
