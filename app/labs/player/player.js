/**
 * One player: ties the form, the run and what is seen of it together. See settings.js for the form,
 * current_run.js for a run from its request to its end, showing.js for its frames.
 */

import { find, findAll } from "../../kit/elements.js";
import { bringIntoView } from "../../kit/in_view.js";
import { onOtherStart, tellStart } from "../../kit/one_at_a_time.js";
import { Status } from "../../kit/status.js";
import { Cost, inWords } from "./cost.js";
import { letUncover } from "./cover.js";
import { CurrentRun } from "./current_run.js";
import { KeptRuns } from "./kept.js";
import { Link } from "./link.js";
import { LinkedRuns } from "./linked_runs.js";
import { MadeLine } from "./made_line.js";
import { lookUpModel } from "./model_notice.js";
import { PromptFields, showNotes } from "./prompt.js";
import { Reaction } from "./reaction.js";
import { SettingsForm } from "./settings.js";
import { Showing } from "./showing.js";
import { readStart } from "./start.js";
import { Vocabulary } from "./vocabulary.js";

/** @import { Summary } from "../../kit/live_run.js" */
/** @import { Run, RunRefused } from "../../kit/run_request.js" */
/** @import { RunSettings } from "./start.js" */

export class Player {
  /** @param {HTMLElement} element */
  constructor(element) {
    const start = readStart(element);
    const vocabulary = start.prompt && new Vocabulary(start.prompt);
    this.element = element;
    this.shape = start.shape;
    this.gone = new AbortController();
    this.cost = new Cost(vocabulary, start.controls, start.limits.fewestSteps);
    this.link = new Link(element.dataset.plate ?? "", find(element, "[data-role=link-note]", HTMLElement));
    this.status = new Status({
      element,
      line: find(element, "[data-role=status]", HTMLElement),
      voice: find(element, "[data-role=announce]", HTMLElement),
    });
    this.showing = new Showing(element, start);
    this.plate = this.showing.plate;
    this.run = new CurrentRun(element, this.status, this.showing, {
      onStarted: (run, settings) => this.started(run, settings),
      onRefused: (error) => this.refused(error),
      onDone: (summary) => this.measured(summary),
      onEnded: () => this.ended(),
    });
    /** @type {string | undefined} */
    this.chosenSampler = undefined; // whose code is on show
    /** @type {number | null} */
    this.standing = null; // where the run that is asked for opens, as a share of its steps
    const form = find(element, "form", HTMLFormElement);
    this.settings = new SettingsForm(form, this.plate.code.samplers(), start.limits, start.controls);
    this.prompt = vocabulary && new PromptFields(element, vocabulary, (text) => this.status.announce(text));
    this.made = new MadeLine(find(element, "[data-role=made]", HTMLElement), this.settings);
    const { settings, showing, cost, status } = this;
    this.reaction = new Reaction({ settings, showing, cost, status }, () => this.rerun());
    this.kept = new KeptRuns(element, this.showing, this.settings, (text) => this.say(text));
    this.linked = new LinkedRuns(this.link, this.settings, this.kept);
    this.firstSettings = this.values;
    this.plate.layOut(this.shape, this.firstSettings.count);
    this.listen(form);
    element.classList.add("is-live");
    this.followHash();
    this.settingsChanged();
    lookUpModel(element, start.model, {
      signal: this.gone.signal,
      status: this.status,
      onReady: (rate) => {
        this.cost.expect(rate);
        if (this.status.state === "idle") this.status.set("idle", this.offerFewerSteps());
        this.sayCost();
      },
    });
  }

  /** @returns {RunSettings} */
  get values() {
    return /** @type {RunSettings} */ (this.settings.values());
  }

  /**
   * The facts of the sampler of a run, which may not be the form's any more.
   *
   * @param {RunSettings} settings
   */
  facts({ sampler }) {
    return this.settings.samplers.get(sampler) ?? this.settings.sampler;
  }

  /** @param {HTMLFormElement} form */
  listen(form) {
    const { signal } = this.gone;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.start();
    });
    form.addEventListener("input", ({ target }) => {
      if (!(target instanceof Element && target.hasAttribute("name"))) return; // the scrubber's, the speed
      this.linked.forget();
      this.settingsChanged();
      this.reaction.to(target);
    });
    form.addEventListener("change", () => {
      const problem = this.showing.made && this.settings.problem();
      if (problem) this.settings.complain(problem, { takesFocus: false });
    });
    form.addEventListener("keydown", (event) => {
      const isTransport = event.target instanceof Element && event.target.closest("[data-role=transport]");
      if (event.key === "Enter" && isTransport && event.target instanceof HTMLInputElement) event.preventDefault();
    });
    const describing = find(this.element, "[data-role=describe]", HTMLButtonElement);
    describing.addEventListener("click", () => this.say(this.showing.description()));
    letUncover(this.element);
    window.addEventListener("hashchange", () => this.followHash(), { signal });
    onOtherStart(this.element, () => this.giveWay(), signal);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.repaint(), { signal });
  }

  /** The button was pressed, or a link leads here. */
  start() {
    if (!this.canRun()) return;
    const scrubber = find(this.element, "[data-role=scrubber]", HTMLElement);
    bringIntoView(this.element, scrubber, { isCalm: this.showing.calm.matches });
    this.begin(null);
  }

  /** A setting was changed, and a run is cheap: what is on show is replaced, at the same place of the run. */
  rerun() {
    if (!this.canRun()) return;
    this.standing = this.showing.standing;
    this.begin(this.showing.run);
  }

  /** Whether the form can be run; complains where it cannot. */
  canRun() {
    this.reaction.callOff();
    const problem = this.settings.problem();
    if (problem) this.settings.complain(problem);
    else this.settings.clearComplaint();
    return problem === null;
  }

  /** @param {Run | null} replaces */
  begin(replaces) {
    tellStart(this.element);
    this.run.begin(this.values, replaces);
  }

  /**
   * Show a run that the server has taken.
   *
   * @param {Run} run
   * @param {RunSettings} settings
   */
  started(run, settings) {
    if (this.prompt) showNotes(find(this.element, "[data-role=notes]", HTMLElement), run.notes ?? []);
    const linked = this.linked.claimFrame(run.steps);
    const kept = this.standing === null ? null : Math.round(this.standing * run.steps);
    this.standing = null;
    this.kept.offer(false);
    this.showing.begin(run, settings, this.facts(settings).path, linked ?? kept);
    find(this.element, "[data-role=describe]", HTMLButtonElement).disabled = false;
    this.sayWhatIsOnShow();
  }

  sayWhatIsOnShow() {
    this.made.say(this.showing.received || this.run.live ? this.showing.made : null, this.values);
  }

  /** @param {string} text */
  say(text) {
    this.status.announce(text);
    this.status.set(this.status.state, text);
  }

  /** @param {Summary} summary */
  measured({ seconds }) {
    this.kept.offer(true);
    const { made } = this.showing;
    if (made && seconds) this.cost.measured(made, this.facts(made).calls, seconds);
  }

  /** @param {RunRefused} error */
  refused(error) {
    if (error.field) this.settings.complain(error);
  }

  /** A run has ended; without a frame, the plate shows again what the form would begin with. */
  ended() {
    if (this.showing.received) this.sayCost();
    else this.settingsChanged();
    this.reaction.remind();
    if (!this.linked.isForKeeping) return;
    const isDone = this.status.state === "done";
    this.linked.ended(isDone);
    this.settingsChanged();
    if (isDone) this.start();
  }

  /** Another plate of the page has started. */
  giveWay() {
    this.reaction.callOff();
    this.run.stop("Another plate was started.");
    this.showing.pause();
  }

  repaint() {
    this.kept.layOut();
    this.showing.repaint();
    if (!this.showing.received) this.showBeginning();
  }

  /** What a run with the form's settings would begin with. */
  showBeginning() {
    const now = this.values;
    const isFirst = ["seed", "count", "sampler"].every((name) => now[name] === this.firstSettings[name]);
    this.plate.showBeginning(isFirst ? now : null);
  }

  settingsChanged() {
    this.settings.depend();
    this.settings.clearComplaint();
    this.prompt?.mark();
    const { sampler, count, grid } = this.values;
    const problem = this.settings.problem();
    if (this.chosenSampler !== sampler) this.plate.code.choose(sampler);
    this.chosenSampler = sampler;
    if (!this.showing.received) {
      if (!problem) this.plate.layOut(this.shape, count);
      this.showBeginning();
      this.plate.planCurve(this.settings.sampler.path, grid);
    }
    this.sayCost();
    this.sayWhatIsOnShow();
  }

  sayCost() {
    const { values } = this;
    const seconds = this.cost.seconds(values, this.settings.sampler.calls);
    const text = this.settings.problem() ? "" : inWords(values.steps, values.count, seconds);
    for (const place of findAll(this.element, "[data-role=cost]", HTMLElement)) place.textContent = text;
  }

  /** Fewer steps are set where the machine is slow, unless something else was asked for. */
  offerFewerSteps() {
    const { values, settings } = this;
    const isUntouched = values.steps === this.firstSettings.steps && this.link.frame === null;
    if (!isUntouched || !settings.isOpen("steps")) return "";
    const fewer = this.cost.fewerSteps(values, settings.sampler.calls);
    if (!fewer) return "";
    settings.set("steps", fewer);
    return `This machine takes its time, so ${fewer} steps are set to begin with.`;
  }

  /** A link to a state of this plate: set its settings, and run. */
  followHash() {
    const query = this.link.query;
    if (!query) {
      this.showing.link.releaseAddress();
      if (this.link.isPlain && !this.showing.made) this.start(); // the lesson's head leads here
      return;
    }
    const { made, clock } = this.showing;
    if (made && this.link.leadsTo(made, clock.step, this.showing.keptInLink())) return;
    this.run.stop();
    this.linked.take(query);
    this.settingsChanged();
    this.status.set("idle", "");
    this.element.scrollIntoView({ block: "start" });
    this.start();
  }

  close() {
    this.gone.abort();
    this.reaction.callOff();
    this.run.stop();
    this.kept.close();
    this.showing.close();
  }
}
