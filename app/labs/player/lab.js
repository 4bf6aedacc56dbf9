/** <denoising-player>: the element that the player's page holds. All of it is in player.js. */

import { Player } from "./player.js";

class DenoisingPlayer extends HTMLElement {
  connectedCallback() {
    this.player = new Player(this);
  }

  disconnectedCallback() {
    this.player?.close();
  }
}

customElements.define("denoising-player", DenoisingPlayer);
