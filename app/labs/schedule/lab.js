/** <schedule-lab>: the element that a page holds. All of it is in schedule_plate.js. */

import { SchedulePlate } from "./schedule_plate.js";

class ScheduleLab extends HTMLElement {
  connectedCallback() {
    this.plate = new SchedulePlate(this);
  }

  disconnectedCallback() {
    this.plate?.close();
  }
}

customElements.define("schedule-lab", ScheduleLab);
