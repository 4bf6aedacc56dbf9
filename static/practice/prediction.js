/**
 * <prediction-bet>: a prediction in a lesson. It is locked on the server, its lab runs on the plate, and once the
 * run's end is on show the server is asked what came out. Without this file the form leads to a page of its own.
 */

import { find, findAll, findOptional } from "../kit/elements.js";
import { encode } from "../kit/permalink.js";
import { at } from "../kit/site.js";

const SHOWS = "denoising-player:shows"; // with each frame that is seen on a plate
const MADE = "prediction:made"; // progress has changed
const SOON_MS = 1000;
const LATER_MS = 5000;
const SOON_POLLS = 30;
const MOST_POLLS = 150;
const TOO_LATE = "This is the end. Run it again, and press when you see it.";
const WHEN_SHOWN = "What came out is told when the run’s end is on show.";
const UNREACHABLE = "The server cannot be reached. Nothing is lost: press again once you are online.";

/**
 * @typedef {object} Told  what the server says of a prediction
 * @property {"open" | "running" | "stopped" | "measured"} state
 * @property {Record<string, string>} settings  of the run
 * @property {Record<string, string>} beside  settings of the run that it is compared with, where they differ
 * @property {string} attempt  a token with which a prediction can be made
 * @property {string} said
 * @property {string} note
 * @property {{ measured: string, compared: string } | null} outcome
 */

class Bet {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {Told | null} */
    this.told = null;
    /** @type {string | undefined} */
    this.attempt = undefined; // of the prediction that is made here
    this.lab = element.dataset.lab ?? "";
    this.runId = element.dataset.run;
    this.step = 0; // that is seen on the plate
    /** @type {Promise<void> | null} */
    this.asking = null;
    this.polls = 0; // since the last press
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined; // until the next one
    this.isSending = false;
    this.hasRun = false; // from here, on this page
    this.hasEnded = false; // the run's end is on show
    this.address = at(`/api/predictions/${element.dataset.prediction}`);
    this.plate = document.getElementById(this.lab);
    this.form = find(element, "form", HTMLFormElement);
    this.fault = find(element, "[data-role=prediction-fault]", HTMLElement);
    this.place = find(element, "[data-role=told]", HTMLElement);
    this.again = find(element, "[data-role=again]", HTMLElement);
    this.watch = findOptional(element, "[data-role=watch]", HTMLElement);
    this.onPlate = find(element, "[data-role=on-plate]", HTMLElement);
    this.plateSays = find(element, "[data-role=plate-says]", HTMLElement);
    this.now = findOptional(this.onPlate, "button", HTMLButtonElement);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.lock(this.chosen());
    });
    find(this.again, "button", HTMLButtonElement).addEventListener("click", () => this.run());
    this.plate?.addEventListener(SHOWS, (event) => this.shown(/** @type {CustomEvent} */ (event).detail));
    this.reachPlate();
    this.nearby = new IntersectionObserver(([entry]) => entry.isIntersecting && this.ask(), { rootMargin: "400px" });
    this.nearby.observe(element);
  }

  close() {
    clearTimeout(this.timer);
    this.nearby.disconnect();
  }

  /** Put this prediction's own line on the plate, with the button of one that is made while the run plays. */
  reachPlate() {
    if (this.plate) findOptional(this.plate, "[data-role=bet]", HTMLElement)?.append(this.onPlate);
    this.now?.addEventListener("click", () => this.lock(this.step));
    if (!this.watch) return;
    this.form.hidden = true;
    this.watch.hidden = false;
    find(this.watch, "button", HTMLButtonElement).addEventListener("click", () => this.run());
  }

  /** What was chosen or typed; the server reads numbers as people write them. */
  chosen() {
    return String(new FormData(this.form).get("prediction") ?? "");
  }

  /** Ask the server how it stands, and say it; who asks meanwhile waits for the same answer. */
  ask() {
    this.asking ??= this.fetchTold().finally(() => (this.asking = null));
    return this.asking;
  }

  async fetchTold() {
    this.nearby.disconnect();
    const answer = await fetch(this.address, { cache: "no-store" }).catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (told) this.tell(told);
    if (this.told?.state !== "running" || this.polls > MOST_POLLS) return;
    this.polls += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), this.polls < SOON_POLLS ? SOON_MS : LATER_MS);
  }

  /**
   * Lock what was said, and run the lab, unless it runs already.
   *
   * @param {string | number} prediction
   */
  async lock(prediction) {
    if (this.isSending) return;
    this.polls = 0;
    if (!this.told) await this.ask();
    this.attempt ??= this.told?.attempt ?? ownToken(); // the same for a retry
    const body = JSON.stringify({ prediction, attempt: this.attempt });
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    this.setSending(true);
    const answer = await fetch(this.address, { method: "POST", headers, body }).catch(() => null);
    const problem = answer?.ok ? "" : await problemOf(answer);
    this.setSending(false);
    this.complain(problem);
    if (answer && answer.status !== 422) await this.ask(); // it may be kept although its run could not begin
    if (!this.told || this.told.state === "open") return;
    document.dispatchEvent(new Event(MADE));
    if (problem) this.place.prepend(paragraph(problem)); // as when in another tab something else was said
    else if (!this.watch) this.run();
  }

  /** Have the plate run it: by its link, as if that had been followed. What it is compared with is kept beside it. */
  async run() {
    if (!this.told) await this.ask();
    if (!this.told) return;
    const { settings, beside } = this.told;
    const kept = Object.entries(beside).map(([name, value]) => `${name}:${encodeURIComponent(value)}`).join(";");
    const isStepped = this.watch !== null && matchMedia("(prefers-reduced-motion: reduce)").matches;
    const link = encode(this.lab, { ...settings, ...(isStepped && { frame: 0 }), ...(kept && { kept }) });
    if (!link) return;
    this.hasEnded = false;
    this.hasRun = true;
    this.polls = 0;
    history.replaceState(history.state, "", link);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
    const panes = this.plate && findOptional(this.plate, "[data-role=panes]", HTMLElement);
    panes?.focus({ preventScroll: true });
    if (this.told.state !== "open") this.ask();
  }

  /**
   * While it is sent the buttons do nothing; disabled, they would lose the focus.
   *
   * @param {boolean} isSending
   */
  setSending(isSending) {
    this.isSending = isSending;
    const buttons = [...findAll(this.form, "button", HTMLButtonElement), ...(this.now ? [this.now] : [])];
    for (const button of buttons) button.setAttribute("aria-disabled", String(isSending));
  }

  /**
   * A frame is seen on the plate.
   *
   * @param {{ run: string, step: number, steps: number }} frame
   */
  shown({ run, step, steps }) {
    const isIt = run === this.runId;
    this.step = step;
    this.hasEnded ||= isIt && step === steps;
    this.onPlate.hidden = !isIt;
    if (!this.told) this.ask();
    else if (this.told.state === "open") this.tellOnPlate(true, this.now && step === steps ? TOO_LATE : "");
    else if (this.hasEnded && step === steps) this.told.outcome ? this.tell(this.told) : this.ask();
  }

  /** @param {Told} told */
  tell(told) {
    this.told = told;
    const isOpen = told.state === "open";
    // Who has said when they saw it need not wait until the end is shown; others see it come out.
    const isShown = this.hasEnded || this.watch !== null || !this.hasRun;
    const lines =
      told.outcome && isShown ? [told.outcome.measured, told.outcome.compared] : [said(told), told.note || WHEN_SHOWN];
    this.place.replaceChildren(...(isOpen ? [] : lines.filter(Boolean).map(paragraph)));
    this.place.hidden = isOpen;
    this.again.hidden = isOpen || told.state === "running";
    if (this.watch) this.watch.hidden = !isOpen;
    else this.form.hidden = !isOpen;
    this.tellOnPlate(isOpen, isOpen ? "" : told.outcome && isShown ? lines.join(" ") : lines[0]);
  }

  /**
   * @param {boolean} isOpen
   * @param {string} text
   */
  tellOnPlate(isOpen, text) {
    const hadFocus = this.now !== null && document.activeElement === this.now;
    if (this.now) this.now.hidden = !isOpen || text !== "";
    this.plateSays.textContent = text;
    if (hadFocus && !isOpen) this.plateSays.focus();
  }

  /** @param {string} what */
  complain(what) {
    this.fault.textContent = what;
    this.fault.hidden = !what;
    if (what) this.plateSays.textContent = what;
  }
}

/** A token for one act, where the server could not be asked for one. */
function ownToken() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join("-");
}

/** @param {Told} told */
function said(told) {
  return told.said && `You said: ${told.said.replace(/[^.!?]$/, "$&.")}`;
}

/** @param {string} text */
function paragraph(text) {
  const line = document.createElement("p");
  line.textContent = text;
  return line;
}

/** @param {Response | null} answer */
async function problemOf(answer) {
  if (!answer) return UNREACHABLE;
  const body = await answer.json().catch(() => ({}));
  return body.error?.message ?? `The server answered with status ${answer.status}.`;
}

class PredictionBet extends HTMLElement {
  connectedCallback() {
    this.bet = new Bet(this);
  }

  disconnectedCallback() {
    this.bet?.close();
  }
}

customElements.define("prediction-bet", PredictionBet);
