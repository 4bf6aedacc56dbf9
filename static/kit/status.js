/** What a lab says about itself: a state, one visible line, and the turning points aloud for screen readers. */

export class Status {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.element whose `data-state` is the state
   * @param {Element} parts.line the visible line
   * @param {Element} parts.voice a live region that is not seen
   */
  constructor({ element, line, voice }) {
    this.element = element;
    this.line = line;
    this.voice = voice;
  }

  /**
   * Enter a state, with a line that says what happens in it.
   *
   * @param {string} state
   * @param {string} text
   */
  set(state, text) {
    this.element.dataset.state = state;
    if (this.line.textContent !== text) this.line.textContent = text;
  }

  /**
   * The same, aloud if the state is a new one; a countdown within it is only shown.
   *
   * @param {string} state
   * @param {string} text
   */
  tell(state, text) {
    if (this.state !== state) this.announce(text);
    this.set(state, text);
  }

  /** @param {string} text */
  announce(text) {
    this.voice.textContent = text;
  }

  get state() {
    return this.element.dataset.state ?? "";
  }

  get text() {
    return this.line.textContent ?? "";
  }
}
