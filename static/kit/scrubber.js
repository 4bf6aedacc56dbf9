/**
 * The controls of a clock: a range input over its steps, buttons, a list of speeds, and keys. A key that already
 * means something where it is pressed (typing, a list, a button's space) keeps that meaning.
 */

/** @typedef {"first" | "back" | "play" | "forward" | "last"} Move */

/** @type {Record<string, Move>} */
const KEYS = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last", " ": "play" };
const USES_KEYS = "input, select, textarea, summary, a, pre, [contenteditable]";

/**
 * @typedef {object} Parts
 * @property {HTMLInputElement} range
 * @property {readonly HTMLButtonElement[]} [buttons] each with its move in `data-go`; the one of "play" is named
 *   after what it does next, in its `aria-label` if it has one, else in its text
 * @property {HTMLSelectElement} [speed] whose values are speeds
 * @property {HTMLElement} [keys] where keys move the clock
 */

/**
 * @typedef {object} Steerable  what a scrubber needs of a clock
 * @property {number} step
 * @property {number} received
 * @property {number} speed
 * @property {(step: number) => void} seek
 * @property {() => void} toggle
 */

/**
 * Return the move that a key asks for, or null where it asks for none.
 *
 * @param {KeyboardEvent} event
 * @returns {Move | null}
 */
export function moveFor(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return null;
  const move = KEYS[event.key];
  if (!move || !(event.target instanceof Element)) return null;
  if (event.target.matches("input[type=range]")) return move;
  if (event.target.closest(USES_KEYS)) return null;
  if (move === "play" && event.target.closest("button")) return null;
  return move;
}

export class Scrubber {
  /**
   * @param {Parts} parts
   * @param {Steerable} clock
   * @param {() => void} [onSteer] called before the viewer moves the clock
   */
  constructor({ range, buttons = [], speed, keys }, clock, onSteer = () => {}) {
    this.range = range;
    this.buttons = buttons;
    this.clock = clock;
    this.onSteer = onSteer;
    range.addEventListener("input", () => this.seek(range.valueAsNumber));
    for (const button of buttons) {
      button.addEventListener("click", () => this.move(/** @type {Move} */ (button.dataset.go)));
    }
    if (speed) {
      const follow = () => (clock.speed = Number(speed.value));
      speed.addEventListener("change", follow);
      follow(); // a browser may have kept the choice of the last visit
    }
    keys?.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const move = moveFor(event);
    if (!move || this.range.disabled) return;
    event.preventDefault();
    this.move(move);
  }

  /** @param {Move} move */
  move(move) {
    const { clock } = this;
    if (!clock.received) return;
    if (move === "play") {
      this.onSteer();
      clock.toggle();
    } else if (move === "first") this.seek(0);
    else if (move === "last") this.seek(clock.received - 1);
    else this.seek(clock.step + (move === "back" ? -1 : 1));
  }

  /** @param {number} step */
  seek(step) {
    if (!this.clock.received) return;
    this.onSteer();
    this.clock.seek(step);
    this.range.value = String(this.clock.step); // not where it was dragged to, if that frame is not here yet
  }

  /**
   * Begin a row at its first step.
   *
   * @param {number} last step of the row
   */
  begin(last) {
    this.range.max = String(last);
    this.range.value = "0";
    this.range.removeAttribute("aria-valuetext");
  }

  /**
   * Stand on a step. The first one enables the controls, for good: what is disabled loses the focus.
   *
   * @param {number} step
   * @param {string} text what the step is, in words, for those who hear it
   */
  at(step, text) {
    this.range.disabled = false;
    for (const button of this.buttons) button.disabled = false;
    this.range.value = String(step);
    this.range.setAttribute("aria-valuetext", text);
  }

  /** @param {boolean} isPlaying */
  setPlaying(isPlaying) {
    for (const button of this.buttons.filter(({ dataset }) => dataset.go === "play")) {
      const name = isPlaying ? "Pause" : "Play";
      if (button.hasAttribute("aria-label")) button.setAttribute("aria-label", name);
      else button.textContent = name;
      button.classList.toggle("is-playing", isPlaying);
    }
  }
}
