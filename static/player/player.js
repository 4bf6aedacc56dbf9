// <denoising-player>: wires the form, the stream, the frames and what is seen of them. See stream.js for the
// server, frames.js for what is kept, canvas.js for painting, playback.js for time.

import { Sheet, inkOnPaper } from "./canvas.js";
import { fewerSteps, inWords, modelReport, networkRows } from "./cost.js";
import { Curve } from "./curve.js";
import { FrameStore, PANES, decodePixels, readFrame } from "./frames.js";
import { copy, fragment, parameters, restore } from "./permalink.js";
import { Playback } from "./playback.js";
import { CodeView, readings } from "./readouts.js";
import { SettingsForm } from "./settings.js";
import { Status, doneText, queueText, waitingText } from "./status.js";
import { RunRefused, RunStream, requestRun, sleep, withdraw } from "./stream.js";
import { Transport } from "./transport.js";

const STARTS = "denoising-player:starts"; // said on the document, so that a page holds one stream at a time

class DenoisingPlayer extends HTMLElement {
  connectedCallback() {
    this.start = JSON.parse(this.dataset.start);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.gone = new AbortController();
    this.frames = new FrameStore();
    this.shown = null; // the settings of the run whose frames are on show
    this.wanted = null; // the frame that a link asked for
    this.buildParts();
    this.listen();
    this.classList.add("is-live");
    this.layOut(this.start.shape, this.settings.values().count);
    this.followHash();
    this.settingsChanged();
    this.lookUpModel();
  }

  disconnectedCallback() {
    this.gone.abort();
    this.stop();
  }

  find(role) {
    return this.querySelector(`[data-role=${role}]`);
  }

  buildParts() {
    this.status = new Status(this);
    this.code = new CodeView(this.querySelector(".player-code"));
    this.curve = new Curve(this.find("curve"));
    this.sheets = PANES.map((pane) => new Sheet(this.querySelector(`[data-pane=${pane}] canvas`)));
    const samplers = new Map(
      this.code.sources.map(({ dataset }) => [
        dataset.sampler,
        { calls: Number(dataset.calls), usesEta: dataset.eta === "true", path: dataset.path },
      ]),
    );
    this.settings = new SettingsForm(this.find("form"), samplers, this.start.limits);
    this.firstSettings = this.settings.values();
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
    form.addEventListener("input", () => this.settingsChanged());
    this.find("cancel").addEventListener("click", () => this.cancel());
    this.find("copy").addEventListener("click", () => this.copyLink());
    this.find("show-noise").addEventListener("change", (event) => {
      this.classList.toggle("without-noise", !event.target.checked);
    });
    window.addEventListener("hashchange", () => this.followHash(), { signal });
    document.addEventListener(STARTS, (event) => event.target !== this && this.stop(), { signal });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.repaint(), { signal });
    const watcher = new ResizeObserver(() => this.sheets.forEach((sheet) => sheet.fit()));
    for (const sheet of this.sheets) watcher.observe(sheet.canvas.parentElement);
  }

  // What is painted.

  layOut(shape, count) {
    this.palette = inkOnPaper(this.sheets[0].canvas);
    for (const sheet of this.sheets) {
      sheet.palette = this.palette;
      sheet.layOut(shape, count);
    }
  }

  repaint() {
    this.layOut(this.current?.shape ?? this.start.shape, this.shown?.count ?? this.settings.values().count);
    if (this.frames.received) this.show(this.playback.step);
    else this.showBeginning();
  }

  show(step) {
    const frame = this.frames.get(step);
    const steps = this.frames.steps;
    this.sheets.forEach((sheet, index) => sheet.paint(frame[PANES[index]]));
    this.curve.mark(frame, steps);
    this.transport.at(frame, steps);
    for (const [name, text] of Object.entries(readings(frame, steps))) {
      this.querySelector(`[data-read=${name}]`).textContent = text;
    }
    if (this.code.source.dataset.sampler !== this.shown.sampler) this.code.choose(this.shown.sampler);
    this.code.show(frame);
    this.keepLinks(step);
  }

  // Before anything has run: the noise that a run with the plate's own seed starts from.
  showBeginning() {
    const now = this.settings.values();
    const isFirst = ["seed", "count", "sampler"].every((name) => now[name] === this.firstSettings[name]);
    const [sheet] = this.sheets;
    if (isFirst) sheet.paint(decodePixels(this.start.noise));
    else sheet.clear();
  }

  // The form.

  settingsChanged() {
    this.settings.depend();
    this.settings.forgive();
    const values = this.settings.values();
    if (this.code.source?.dataset.sampler !== values.sampler) this.code.choose(values.sampler);
    if (!this.frames.received) {
      if (!this.settings.problem()) this.layOut(this.start.shape, values.count);
      this.showBeginning();
      this.curve.plan(this.start.curves[`${this.settings.sampler.path} ${values.grid}`]);
    }
    this.sayCost();
  }

  seconds(values) {
    return this.rate ? networkRows(values, this.settings.sampler.calls) / this.rate : null;
  }

  sayCost() {
    const values = this.settings.values();
    const text = this.settings.problem() ? "" : inWords(values.steps, values.count, this.seconds(values));
    for (const place of this.querySelectorAll("[data-role=cost]")) place.textContent = text;
  }

  async lookUpModel() {
    for (let tries = 0; tries < 60 && !this.gone.signal.aborted; tries += 1) {
      const model = document.hidden ? null : await modelReport(this.start.model);
      if (model?.ready) return this.modelIsReady(model);
      if (model?.fault) return this.status.set("idle", `The model cannot run: ${model.fault}`);
      if (model && this.status.state === "idle") {
        this.status.set("idle", "The model is waking up. Press already: the run starts by itself.");
      }
      await sleep(2000, this.gone.signal).catch(() => {});
    }
    return undefined;
  }

  modelIsReady(model) {
    this.rate ??= model.rate;
    const device = this.parentElement.querySelector("[data-role=device]");
    if (device && model.device) device.textContent = ` Runs on: ${model.device}.`;
    let note = "";
    const values = this.settings.values();
    const fewer = fewerSteps(values.steps, (steps) => this.seconds({ ...values, steps }));
    if (this.status.state === "idle" && fewer && values.steps === this.firstSettings.steps && !this.wanted) {
      this.settings.set("steps", fewer);
      note = `This machine is not fast, so ${fewer} steps are set to begin with.`;
    }
    if (this.status.state === "idle" && !this.note) this.status.set("idle", note);
    this.sayCost();
  }

  // A run, from the press to the last frame.

  async run() {
    this.stop();
    const problem = this.settings.problem();
    if (problem) {
      this.settings.complain(problem);
      return;
    }
    this.settings.forgive();
    this.dispatchEvent(new Event(STARTS, { bubbles: true }));
    const values = this.settings.values();
    const asking = new AbortController();
    this.asking = asking;
    this.find("cancel").hidden = false;
    this.status.set("asking", "Asking for the run …");
    try {
      const run = await requestRun(values, {
        signal: asking.signal,
        onWait: (wait) => this.status.set(wait.isWaking ? "waking" : "busy", waitingText(wait)),
      });
      if (asking === this.asking) this.watch(run, values);
    } catch (error) {
      if (asking !== this.asking || error.name === "AbortError") return;
      if (!(error instanceof RunRefused)) throw error;
      this.asking = null;
      this.end("failed", error.message);
      if (error.field) this.settings.complain(error);
    }
  }

  watch(run, values) {
    this.asking = null;
    this.current = run;
    this.shown = { ...values, count: run.count, steps: run.steps };
    this.frames = new FrameStore(run.steps);
    this.layOut(run.shape, run.count);
    this.classList.add("has-frames");
    this.code.choose(values.sampler);
    this.curve.plan(this.start.curves[`${this.settings.samplers.get(values.sampler).path} ${values.grid}`]);
    this.transport.begin(run.steps);
    const wanted = this.wanted !== null && this.wanted <= run.steps ? this.wanted : null;
    this.wanted = null;
    this.isSteered = wanted !== null;
    this.playback.begin(run.steps, { play: !this.calm.matches, wanted });
    this.status.set("running", "Started.");
    this.status.announce(`The run has started: ${run.steps} steps.`);
    this.stream = new RunStream(run, {
      onFrame: (data) => this.receive(readFrame(data)),
      onWaiting: ({ ahead }) => this.status.set("queued", queueText(ahead)),
      onDone: (summary) => this.finish(summary),
      onFailed: ({ reason }) => this.end("failed", `The run failed: ${reason}`),
      onBroken: () => this.status.set("broken", "The connection was lost; trying to take the run up again …"),
      onLost: () => this.end("lost", "The connection was lost and could not be taken up again."),
    });
  }

  receive(frame) {
    if (!this.frames.add(frame)) return;
    this.status.set("running", `Received ${frame.step} of ${this.frames.steps} steps.`);
    this.curve.received(this.frames.frames, this.frames.steps);
    this.playback.arrived(this.frames.received);
  }

  finish(summary) {
    if (summary.seconds > 0) {
      this.rate = networkRows(this.shown, this.settings.samplers.get(this.shown.sampler).calls) / summary.seconds;
    }
    this.end("done", doneText(summary));
    this.find("keep").hidden = false;
    this.keepLinks(this.playback.step);
    this.sayCost();
  }

  // Nothing more will come, for better or worse; what has arrived stays.
  end(state, text) {
    this.stream?.close();
    this.stream = null;
    this.find("cancel").hidden = true;
    this.status.set(state, text);
    this.status.announce(text);
    this.playback.ended({ rest: this.calm.matches && !this.isSteered });
  }

  stop() {
    this.asking?.abort();
    this.asking = null;
    if (this.stream) this.end("stopped", `Stopped after ${Math.max(0, this.frames.received - 1)} steps.`);
    this.find("cancel").hidden = true;
  }

  cancel() {
    const isWatching = this.stream !== null && this.stream !== undefined;
    if (isWatching) withdraw(this.current);
    this.stop();
    if (!isWatching) this.status.set("stopped", "Cancelled.");
    this.find("start").focus();
  }

  // Moving about, links.

  move(move) {
    if (!this.frames.received) return;
    if (move === "play") this.playback.toggle();
    else if (move === "first") this.seek(0);
    else if (move === "last") this.seek(this.frames.received - 1);
    else this.seek(this.playback.step + (move === "back" ? -1 : 1));
  }

  seek(step) {
    this.isSteered = true;
    this.playback.seek(step);
    this.transport.at(this.frames.get(this.playback.step), this.frames.steps);
  }

  keepLinks(step) {
    const link = fragment(this.dataset.plate, this.shown, step);
    this.find("permalink").href = link;
    clearTimeout(this.linking);
    this.linking = setTimeout(() => history.replaceState(history.state, "", link), 400);
    const base = `/api/runs/${encodeURIComponent(this.current.id)}`;
    this.querySelector("[data-keep=gif]").href = `${base}/animation.gif`;
    this.querySelector("[data-keep=png]").href = `${base}/image.png?frame=${step}`;
    this.querySelector("[data-keep=strip]").href = `${base}/strip.png`;
  }

  async copyLink() {
    const isCopied = await copy(this.find("permalink").href);
    this.find("copy").textContent = isCopied ? "Copied" : "Copying is not allowed here: use the link itself";
    setTimeout(() => (this.find("copy").textContent = "Copy it"), 3000);
  }

  followHash() {
    const query = parameters(this.dataset.plate, location.hash);
    if (!query) return;
    if (this.shown && fragment(this.dataset.plate, this.shown, this.playback.step) === location.hash) return;
    const { frame, ignored } = restore(query, this.settings);
    this.wanted = frame;
    this.note = ignored.length ? `Not understood in the link, and left as it was: ${ignored.join(", ")}.` : "";
    this.note += frame === null ? "" : ` Start to see frame ${frame} of this run.`;
    this.settingsChanged();
    this.status.set("idle", this.note.trim());
    this.scrollIntoView({ block: "start" });
  }
}

customElements.define("denoising-player", DenoisingPlayer);
