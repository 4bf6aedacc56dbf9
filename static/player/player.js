// <denoising-player>: wires the form, the run and what is seen of it. See live_run.js for a run's life,
// frames.js for what is kept, plate.js for what is shown, playback.js for time.

import { Cost, inWords } from "./cost.js";
import { FrameStore, readFrame } from "./frames.js";
import { Keepsakes } from "./keepsakes.js";
import { Link } from "./link.js";
import { LiveRun } from "./live_run.js";
import { readyModel } from "./model.js";
import { Plate } from "./plate.js";
import { Playback } from "./playback.js";
import { PromptFields, showNotes } from "./prompt.js";
import { SettingsForm } from "./settings.js";
import { Status, counted, doneText, queueText, waitingText } from "./status.js";
import { Transport } from "./transport.js";
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
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.gone = new AbortController();
    this.frames = new FrameStore();
    const vocabulary = start.prompt && new Vocabulary(start.prompt);
    this.cost = new Cost(vocabulary);
    this.live = null; // the run that is asked for or watched
    this.current = null; // the run on show, and the settings it was made with
    this.made = null;
    this.link = new Link(this.dataset.plate);
    this.status = new Status(this);
    this.plate = new Plate(this, start);
    this.settings = new SettingsForm(this.find("form"), this.plate.code.samplers(), start.limits);
    this.prompt = vocabulary && new PromptFields(this, vocabulary, (text) => this.status.announce(text));
    this.firstSettings = this.settings.values();
    this.plate.layOut(this.shape, this.firstSettings.count);
    this.keepsakes = new Keepsakes(this, this.dataset.plate);
    this.buildTransport();
    this.listen();
    this.classList.add("is-live");
    this.followHash();
    this.settingsChanged();
    this.lookUpModel();
  }

  disconnectedCallback() {
    this.gone.abort();
    this.stop();
    this.keepsakes.close();
  }

  find(role) {
    return this.querySelector(`[data-role=${role}]`);
  }

  buildTransport() {
    this.playback = new Playback(
      (step) => this.show(step),
      () => this.transport?.setPlaying(this.playback.isPlaying),
    );
    this.transport = new Transport(this, {
      act: (move) => this.move(move),
      seek: (step) => this.seek(step),
      speed: (speed) => (this.playback.speed = speed),
    });
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

  // What is shown.

  show(step) {
    const frame = this.frames.get(step);
    this.plate.show(frame, this.frames.steps, this.made.sampler);
    this.transport.at(frame, this.frames.steps);
    this.keepsakes.at(this.current, this.made, step);
  }

  repaint() {
    this.plate.relayOut();
    if (this.frames.received) this.show(this.playback.step);
    else this.showBeginning();
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
    if (!this.frames.received) {
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
    this.current = run;
    this.made = { ...values, count: run.count, steps: run.steps };
    this.frames = new FrameStore(run.steps);
    this.keepsakes.offer(false);
    this.keepsakes.claimAddress();
    this.plate.beginRun(run, values.sampler);
    if (this.prompt) showNotes(this.find("notes"), run.notes ?? []);
    this.plate.planCurve(this.settings.samplers.get(values.sampler).path, values.grid);
    this.transport.begin(run.steps);
    const wanted = this.link.claimFrame(run.steps);
    this.isSteered = wanted !== null;
    this.playback.begin(run.steps, { play: !this.calm.matches, wanted });
    this.status.set("running", "Started.");
    this.status.announce(`The run has started: ${counted(run.steps, "step")}.`);
  }

  receive(frame) {
    if (!this.frames.add(frame)) return;
    this.status.set("running", `Received ${frame.step} of ${this.frames.steps} steps.`);
    this.plate.curve.received(this.frames.frames, this.frames.steps);
    this.playback.arrived(this.frames.received);
  }

  finish(summary) {
    this.cost.measured(this.made, this.settings.samplers.get(this.made.sampler).calls, summary.seconds);
    this.keepsakes.offer(true);
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
    this.playback.ended({ rest: this.calm.matches && !this.isSteered });
    if (!this.frames.received) {
      this.plate.endWithoutFrames();
      this.settingsChanged(); // back to what the form would begin with
    }
  }

  stop() {
    if (!this.live) return;
    const steps = counted(Math.max(0, this.frames.received - 1), "step");
    this.end("stopped", this.live.hasStarted ? `Stopped after ${steps}.` : "Cancelled.");
  }

  cancel() {
    this.live?.withdraw();
    this.stop();
  }

  // Another plate of the page has started.
  giveWay() {
    this.stop();
    this.playback.pause();
    this.keepsakes.yieldAddress();
  }

  // Moving about.

  move(move) {
    if (!this.frames.received) return;
    this.isSteered = true;
    this.keepsakes.claimAddress();
    if (move === "play") this.playback.toggle();
    else if (move === "first") this.seek(0);
    else if (move === "last") this.seek(this.frames.received - 1);
    else this.seek(this.playback.step + (move === "back" ? -1 : 1));
  }

  seek(step) {
    if (!this.frames.received) return;
    this.isSteered = true;
    this.keepsakes.claimAddress();
    this.playback.seek(step);
    // Where the step did not change, the scrubber may still stand on a frame that is not here yet.
    this.transport.at(this.frames.get(this.playback.step), this.frames.steps);
  }

  // A link to a state of this plate: take its settings over, and wait for the press.
  followHash() {
    const query = this.link.query;
    if (!query) {
      this.keepsakes.yieldAddress();
      return;
    }
    if (this.made && this.link.leadsTo(this.made, this.playback.step)) return;
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
