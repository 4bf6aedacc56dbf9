// The buttons, the scrubber, the speed and the keys, tied to a Playback.

import { moveFor } from "./keys.js";

export class Transport {
  // `act` is called with "first", "back", "play", "forward", "last"; `seek` with a step.
  constructor(element, { act, seek, speed }) {
    this.scrubber = element.querySelector("[data-role=scrubber]");
    this.buttons = [...element.querySelectorAll("[data-go]")];
    this.play = element.querySelector("[data-go=play]");
    for (const button of this.buttons) button.addEventListener("click", () => act(button.dataset.go));
    this.scrubber.addEventListener("input", () => seek(this.scrubber.valueAsNumber));
    const choice = element.querySelector("[data-role=speed]");
    choice.addEventListener("change", () => speed(Number(choice.value)));
    speed(Number(choice.value));
    element.addEventListener("keydown", (event) => {
      const move = moveFor(event);
      if (!move || this.scrubber.disabled) return;
      event.preventDefault();
      act(move);
    });
  }

  begin(steps) {
    this.scrubber.max = steps;
    this.scrubber.value = 0;
    this.scrubber.removeAttribute("aria-valuetext");
  }

  at(frame, steps) {
    if (this.scrubber.disabled) this.enable(); // for good: what is disabled loses the focus
    this.scrubber.value = frame.step;
    const noise = Math.round(100 * frame.noise_scale);
    this.scrubber.setAttribute("aria-valuetext", `step ${frame.step} of ${steps}, noise level ${noise} percent`);
  }

  enable() {
    this.scrubber.disabled = false;
    for (const button of this.buttons) button.disabled = false;
  }

  setPlaying(isPlaying) {
    this.play.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    this.play.classList.toggle("is-playing", isPlaying);
  }
}
