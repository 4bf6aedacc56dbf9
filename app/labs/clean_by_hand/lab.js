/** <clean-by-hand>: the element that a page holds. All of it is in clean_plate.js. */

import { CleanPlate } from "./clean_plate.js";

class CleanByHand extends HTMLElement {
  connectedCallback() {
    this.plate = new CleanPlate(this);
  }

  disconnectedCallback() {
    this.plate?.close();
    this.plate = undefined;
  }
}

customElements.define("clean-by-hand", CleanByHand);
