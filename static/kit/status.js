// What the player says about itself: one visible line, and the turning points aloud for those who listen.

export class Status {
  constructor(element) {
    this.element = element;
    this.line = element.querySelector("[data-role=status]");
    this.voice = element.querySelector("[data-role=announce]");
  }

  // Put the player into a state, with a line that says what is going on.
  set(state, text) {
    this.element.dataset.state = state;
    if (this.line.textContent !== text) this.line.textContent = text;
  }

  // The same, said aloud where it is a new state; what then counts down is only shown.
  tell(state, text) {
    if (this.state !== state) this.announce(text);
    this.set(state, text);
  }

  announce(text) {
    this.voice.textContent = text;
  }

  get state() {
    return this.element.dataset.state;
  }

  get text() {
    return this.line.textContent;
  }
}

export function waitingText({ isWaking, message, seconds }) {
  const again = `Next try in ${seconds} s.`;
  if (isWaking) return `The model is waking up; the run then starts by itself. ${again}`;
  return `${message} It starts by itself as soon as it can. ${again}`;
}

export function queueText(ahead) {
  if (ahead <= 0) return "Next in line.";
  return `Waiting for a turn: ${counted(ahead, "other run")} under way.`;
}

export function doneText({ steps, calls, seconds }) {
  const time = seconds === undefined ? "" : `, ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return `Finished: ${counted(steps, "step")}, ${counted(calls, "call")} of the model${time}.`;
}

export function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
