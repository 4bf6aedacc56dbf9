/** <train2d-lab>: the element that a page holds. All of it is in train_plate.js. */

import { TrainPlate } from "./train_plate.js";

class Train2dLab extends HTMLElement {
  connectedCallback() {
    this.plate = new TrainPlate(this);
  }

  disconnectedCallback() {
    this.plate?.close();
  }
}

customElements.define("train2d-lab", Train2dLab);
