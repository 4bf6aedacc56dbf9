/** <readings-lab>: the element that a page holds. All of it is in readings_plate.js. */

import { ReadingsPlate } from "./readings_plate.js";

class ReadingsLab extends HTMLElement {
  connectedCallback() {
    this.plate = new ReadingsPlate(this);
  }

  disconnectedCallback() {
    this.plate?.close();
    this.plate = undefined;
  }
}

customElements.define("readings-lab", ReadingsLab);
