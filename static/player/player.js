// <denoising-player>: wires the form, the run and what is seen of it. See settings.js for the form,
// live_run.js for a run's life, showing.js for its frames.

import { Cost, inWords } from "./cost.js";
import { readFrame } from "./frames.js";
import { Link } from "./link.js";
import { LiveRun } from "./live_run.js";
import { readyModel } from "./model.js";
import { PromptFields, showNotes } from "./prompt.js";
import { SettingsForm } from "./settings.js";
import { Showing } from "./showing.js";
import { Status, counted, doneText, queueText, waitingText } from "./status.js";
import { Vocabulary } from "./vocabulary.js";

const STARTS = "denoising-player:starts"; // said on the document, so that a page holds one stream at a time
const START_TEXTS = { failed: "Start again", lost: "Start again" };
const WAKING_TEXT =
  "The model is waking up. You can press the button now; the run starts when the model is ready.";

class DenoisingPlayer extends HTMLElement {
  connectedCallback() {
    const start = JSON.parse(this.dataset.start);
    this.model = start.model;
    this.shape = start.shape;
    this.gone = new AbortController();
    const vocabulary = start.prompt && new Vocabulary(start.prompt);
    this.cost = new Cost(vocabulary, start.limits.fewestSteps);
    this.live = null; // the run that is asked for or watched
    this.link = new Link(this.dataset.plate);
    this.status = new Status(this);
    this.showing = new Showing(this, start);
    this.plate = this.showing.plate;
    this.settings = new SettingsForm(this.find("form"), this.plate.code.samplers(), start.limits);
    this.prompt = vocabulary && new PromptFields(this, vocabulary, (text) => this.status.announce(text));
    this.firstSettings = this.settings.values();
    this.plate.layOut(this.shape, this.firstSettings.count);
    this.listen();
    this.classList.add("is-live");
    this.followHash();
    this.settingsChanged();
    this.lookUpModel();
  }

  disconnectedCallback() {
    this.gone.abort();
    this.stop();
    this.showing.close();
  }

  find(role) {
    return this.querySelector(`[data-role=${role}]`);
  }

  listen() {
    const signal = this.gone.signal;
    const form = this.settings.form;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    form.addEventListener("input", () => {
      this.forgetLink();
      this.settingsChanged();
    });
    this.find("cancel").addEventListener("click", () => this.cancel());
    window.addEventListener("hashchange", () => this.followHash(), { signal });
    document.addEventListener(STARTS, (event) => event.target !== this && this.giveWay(), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.repaint(), { signal });
  }

  // What the form would begin with.

  repaint() {
    this.showing.repaint();
    if (!this.showing.received) this.showBeginning();
  }

  showBeginning() {
    const now = this.settings.values();
    this.plate.showBeginning(
      ["seed", "count", "sampler"].every((name) => now[name] === this.firstSettings[name]),
    );
  }

  settingsChanged() {
    this.settings.depend();
    this.settings.forgive();
    this.prompt?.mark();
    const values = this.settings.values();
    const problem = this.settings.problem();
    if (this.chosenSampler !== values.sampler) this.plate.code.choose(values.sampler);
    this.chosenSampler = values.sampler;
    if (!this.showing.received) {
      if (!problem) this.plate.layOut(this.shape, values.count);
      this.showBeginning();
      this.plate.planCurve(this.settings.sampler.path, values.grid);
    }
    this.sayCost(problem);
  }

  sayCost(problem = this.settings.problem()) {
    const values = this.settings.values();
    const seconds = this.cost.seconds(values, this.settings.sampler.calls);
    const text = problem ? "" : inWords(values.steps, values.count, seconds);
    for (const place of this.querySelectorAll("[data-role=cost]")) place.textContent = text;
  }

  // The model may still be waking up; say so, and stop saying so.
  lookUpModel() {
    readyModel(this.model, {
      signal: this.gone.signal,
      onAsleep: ({ fault }) => {
        const text = fault ? `The model cannot run: ${fault}` : WAKING_TEXT;
        if (this.status.state === "idle") this.status.set("idle", text);
      },
    }).then(
      (model) => this.modelIsReady(model),
      () => {}, // the player is gone
    );
  }

  modelIsReady(model) {
    this.cost.expect(model.rate);
    const device = this.parentElement.querySelector("[data-role=device]");
    if (device && model.device) device.textContent = ` Runs on: ${model.device}.`;
    if (this.status.state === "idle") {
      const values = this.settings.values();
      const isUntouched = values.steps === this.firstSettings.steps && this.link.frame === null;
      const fewer = isUntouched ? this.cost.fewerSteps(values, this.settings.sampler.calls) : null;
      if (fewer) this.settings.set("steps", fewer);
      const note = fewer && `This machine takes its time, so ${fewer} steps are set to begin with.`;
      this.status.set("idle", note ?? this.link.note);
    }
    this.sayCost();
  }

  // A run, from the press to the last frame.

  run() {
    const problem = this.settings.problem();
    if (problem) {
      this.settings.complain(problem);
      return;
    }
    this.stop();
    this.settings.forgive();
    this.dispatchEvent(new Event(STARTS, { bubbles: true }));
    const values = this.settings.values();
    this.find("cancel").hidden = false;
    this.find("start-text").textContent = "Start from noise";
    this.status.set("asking", "Asking for the run …");
    this.live = new LiveRun(values, {
      onWait: (wait) => this.status.tell(wait.isWaking ? "waking" : "busy", waitingText(wait)),
      onStarted: (run) => this.watch(run, values),
      onRefused: (error) => this.refused(error),
      onFrame: (data) => this.receive(readFrame(data)),
      onWaiting: ({ ahead }) => this.status.tell("queued", queueText(ahead)),
      onDone: (summary) => this.finish(summary),
      onFailed: ({ reason }) => this.end("failed", `The run failed: ${reason.replace(/\.?$/, ".")}`),
      onBroken: () => this.status.tell("broken", "The connection was lost; trying to take the run up again …"),
      onLost: () => this.end("lost", "The connection was lost and could not be taken up again."),
    });
    this.live.begin();
  }

  refused(error) {
    this.end("failed", error.message);
    if (error.field) this.settings.complain(error);
  }

  watch(run, values) {
    if (this.prompt) showNotes(this.find("notes"), run.notes ?? []);
    const { path } = this.settings.samplers.get(values.sampler);
    this.showing.begin(run, values, path, this.link.claimFrame(run.steps));
    this.status.set("running", "Started.");
    this.status.announce(`The run has started: ${counted(run.steps, "step")}.`);
  }

  receive(frame) {
    if (!this.showing.receive(frame)) return;
    this.status.set("running", `Received ${frame.step} of ${this.showing.run.steps} steps.`);
  }

  finish(summary) {
    const { made } = this.showing;
    this.cost.measured(made, this.settings.samplers.get(made.sampler).calls, summary.seconds);
    this.end("done", doneText(summary));
    this.sayCost();
  }

  // Nothing more will come, for better or worse; what has arrived stays.
  end(state, text) {
    this.live.close();
    this.live = null;
    const hadFocus = document.activeElement === this.find("cancel");
    this.find("cancel").hidden = true;
    if (hadFocus) this.find("start").focus();
    this.find("start-text").textContent = START_TEXTS[state] ?? "Start from noise";
    this.status.set(state, text);
    this.status.announce(text);
    this.showing.end({ isWhole: state === "done" });
    if (!this.showing.received) this.settingsChanged(); // back to what the form would begin with
  }

  stop() {
    if (!this.live) return;
    const steps = counted(Math.max(0, this.showing.received - 1), "step");
    this.end("stopped", this.live.hasStarted ? `Stopped after ${steps}.` : "Cancelled.");
  }

  cancel() {
    this.live?.withdraw();
    this.stop();
  }

  // Another plate of the page has started.
  giveWay() {
    this.stop();
    this.showing.pause();
  }

  // A link to a state of this plate: take its settings over, and wait for the press.
  followHash() {
    const query = this.link.query;
    if (!query) {
      this.showing.keepsakes.yieldAddress();
      return;
    }
    const { made, playback } = this.showing;
    if (made && this.link.leadsTo(made, playback.step)) return;
    this.stop();
    this.link.take(query, this.settings);
    this.settingsChanged();
    this.status.set("idle", this.link.note);
    if (this.link.note) this.status.announce(this.link.note);
    this.scrollIntoView({ block: "start" });
  }

  forgetLink() {
    const note = this.link.forget();
    if (note && this.status.state === "idle" && this.status.text === note) this.status.set("idle", "");
  }
}

customElements.define("denoising-player", DenoisingPlayer);
