/** One run on show: its frames as they arrive, which of them is seen, its downloads and the link to a frame. */

import { Clock } from "../../kit/clock.js";
import { find, findAll } from "../../kit/elements.js";
import { FrameStore } from "../../kit/frames.js";
import { KeepAwake } from "../../kit/keep_awake.js";
import { Scrubber } from "../../kit/scrubber.js";
import { describe, whereabouts } from "./description.js";
import { Downloads } from "./downloads.js";
import { FrameLink } from "./frame_link.js";
import { Plate } from "./plate.js";

/** @import { Frame } from "../../kit/frames.js" */
/** @import { Run } from "../../kit/run_request.js" */
/** @import { RunSettings, Start } from "./start.js" */

/** Dispatched on the player with each frame that is seen: the run's id, the step, and the run's steps. */
const SHOWS = "denoising-player:shows";

export class Showing {
  /**
   * @param {HTMLElement} element
   * @param {Start} start
   */
  constructor(element, start) {
    this.element = element;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.frames = new FrameStore();
    /** @type {Run | null} */
    this.run = null;
    /** @type {RunSettings | null} */
    this.made = null; // the settings that the run was made with
    this.isSteered = false; // the viewer, or a link, has chosen a frame
    /** @type {(() => void) | null} */
    this.whenEndIsShown = null;
    /** @type {import("./kept.js").KeptRuns | null} */
    this.kept = null; // what is kept beside it, once the player has that
    this.plate = new Plate(element, start);
    this.downloads = new Downloads(element);
    this.link = new FrameLink(element, element.dataset.plate ?? "");
    this.keepAwake = new KeepAwake();
    this.clock = new Clock({
      onStep: (step) => this.show(step),
      onPlaying: (isPlaying) => {
        this.scrubber.setPlaying(isPlaying);
        this.keepAwake.set(isPlaying);
      },
    });
    this.scrubber = new Scrubber(
      {
        range: find(element, "[data-role=scrubber]", HTMLInputElement),
        buttons: findAll(element, "[data-go]", HTMLButtonElement),
        speed: find(element, "[data-role=speed]", HTMLSelectElement),
        keys: element,
      },
      this.clock,
      () => this.steered(),
    );
  }

  get received() {
    return this.frames.received;
  }

  /**
   * Begin to show a run that the server has taken.
   *
   * @param {Run} run
   * @param {RunSettings} settings
   * @param {string} path of noise levels that its sampler takes
   * @param {number | null} target frame to stop at
   */
  begin(run, settings, path, target) {
    this.run = run;
    this.made = { ...settings, count: run.count, steps: run.steps };
    this.frames = new FrameStore(run.steps);
    this.downloads.offer(false);
    this.link.begun(this.made, this.keptInLink());
    this.whenEndIsShown = null;
    this.plate.beginRun(run, settings.sampler);
    this.plate.planCurve(path, settings.grid);
    this.scrubber.begin(run.steps);
    this.isSteered = target !== null;
    this.clock.begin(run.steps, { play: !this.calm.matches, target });
  }

  /**
   * Keep a frame that has arrived; false where it is not the next one.
   *
   * @param {Frame} frame
   */
  receive(frame) {
    if (!this.frames.add(frame)) return false;
    this.plate.curve.received(this.frames.frames, this.frames.steps);
    this.plate.wordMaps?.received(this.frames.frames);
    this.clock.arrived(this.received);
    return true;
  }

  /**
   * No more frames will arrive; what is here stays, and a whole run can be downloaded.
   *
   * @param {{ isWhole: boolean }} how
   */
  end({ isWhole }) {
    if (isWhole) this.downloads.offer(true);
    this.clock.ended({ showLast: this.calm.matches && !this.isSteered });
    if (!this.received) this.plate.endWithoutFrames();
  }

  /**
   * Where the viewer stands in the run, as a share of its steps; null while it plays.
   *
   * @returns {number | null}
   */
  get standing() {
    if (!this.run || this.clock.isPlaying || this.clock.step < 0) return null;
    return this.clock.step / this.frames.steps;
  }

  /** In what the kept runs differ from this one, as links have it. */
  keptInLink() {
    return this.kept?.inLink() ?? "";
  }

  /** Another run is kept, or none: the link is another one. */
  keptChanged() {
    if (this.made && this.clock.step >= 0) this.link.at(this.made, this.clock.step, this.keptInLink());
  }

  /** Describe the frame on show in words. */
  description() {
    const { frames, clock } = this;
    if (clock.step < 0) return "Nothing has run yet.";
    const before = clock.step > 0 ? frames.get(clock.step - 1) : null;
    return describe(frames.get(clock.step), { steps: frames.steps, before, newest: frames.get(this.received - 1) });
  }

  /**
   * Call once the last frame of a finished run is on show, which may be now.
   *
   * @param {() => void} call
   */
  onEndShown(call) {
    this.whenEndIsShown = call;
    if (this.clock.step === this.frames.steps) this.endIsShown();
  }

  endIsShown() {
    const call = this.whenEndIsShown;
    this.whenEndIsShown = null;
    call?.();
  }

  /** @param {number} step */
  show(step) {
    if (!this.run || !this.made) return;
    const { steps } = this.frames;
    const frame = this.frames.get(step);
    this.plate.show(frame, steps, this.made.sampler);
    this.scrubber.at(step, whereabouts(frame, steps));
    this.downloads.at(this.run, step);
    this.link.at(this.made, step, this.keptInLink());
    this.kept?.show();
    if (step === steps) this.endIsShown();
    const detail = { run: this.run.id, step, steps };
    this.element.dispatchEvent(new CustomEvent(SHOWS, { bubbles: true, detail }));
  }

  repaint() {
    this.plate.relayOut();
    if (this.received) this.show(this.clock.step);
  }

  /** From now on the viewer chooses what is seen, and the page's address follows. */
  steered() {
    this.isSteered = true;
    this.link.claimAddress();
  }

  /** Another plate has started. */
  pause() {
    this.clock.pause();
    this.link.releaseAddress();
  }

  close() {
    this.clock.pause();
    this.keepAwake.close();
    this.link.close();
    this.plate.close();
  }
}
