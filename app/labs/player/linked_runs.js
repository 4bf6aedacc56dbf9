/** What a link to a plate starts: the runs that it keeps beside its own, one after another, and then its own. */

/** @import { KeptRuns } from "./kept.js" */
/** @import { Link } from "./link.js" */
/** @import { SettingsForm } from "./settings.js" */

export class LinkedRuns {
  /**
   * @param {Link} link
   * @param {SettingsForm} form
   * @param {KeptRuns} kept
   */
  constructor(link, form, kept) {
    this.link = link;
    this.form = form;
    this.kept = kept;
    /** @type {ReadonlyMap<string, string>[]} */
    this.waiting = []; // in what each run differs that is still to be made and kept
    /** @type {(() => void) | null} */
    this.setBack = null; // while such a run is made: sets the form to the link's own run
  }

  /** A run is made only to be kept. */
  get isForKeeping() {
    return this.setBack !== null;
  }

  /**
   * Put the first run that the link needs into the form.
   *
   * @param {ReadonlyMap<string, string>} query
   */
  take(query) {
    this.kept.clear();
    this.link.take(query, this.form);
    this.waiting = [...this.link.kept];
    this.fillIn();
  }

  /** Put the next run that is to be kept into the form, or the link's own. */
  fillIn() {
    this.setBack?.();
    this.setBack = null;
    const changes = this.waiting.shift();
    if (!changes) return;
    const own = [...changes.keys()].map((name) => /** @type {const} */ ([name, this.form.text(name)]));
    for (const [name, value] of changes) this.form.accept(name, value);
    this.setBack = () => own.forEach(([name, value]) => this.form.set(name, value));
  }

  /**
   * A run that was made to be kept has ended; the form has the next one.
   *
   * @param {boolean} isDone  it is here as a whole; otherwise nothing more is made
   */
  ended(isDone) {
    if (isDone) this.kept.keep();
    else this.waiting = [];
    this.fillIn();
  }

  /** Something is changed by hand: what the link asked for is not made any more. */
  forget() {
    this.link.forget();
    this.waiting = [];
    this.setBack = null;
  }

  /**
   * The frame that a run of so many steps is to stop at, or null.
   *
   * @param {number} steps
   */
  claimFrame(steps) {
    return this.isForKeeping ? null : this.link.claimFrame(steps);
  }
}
