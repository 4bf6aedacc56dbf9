/** <step-lab>: the element that a page holds. All of it is in step_plate.js. */

import { StepPlate } from "./step_plate.js";

class StepLab extends HTMLElement {
  connectedCallback() {
    this.plate = new StepPlate(this);
  }

  disconnectedCallback() {
    this.plate?.close();
    this.plate = undefined;
  }
}

customElements.define("step-lab", StepLab);
