/** <noise-lab>: the element that a page holds. All of it is in noise_plate.js. */

import { NoisePlate } from "./noise_plate.js";

class NoiseLab extends HTMLElement {
  connectedCallback() {
    this.plate = new NoisePlate(this);
  }

  disconnectedCallback() {
    this.plate?.close();
  }
}

customElements.define("noise-lab", NoiseLab);
