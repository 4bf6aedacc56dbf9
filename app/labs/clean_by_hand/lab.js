/**
 * <clean-by-hand>: the element that a page holds. What is on its plate is in clean_plate.js, which is loaded once
 * the plate comes near, so that the page before it is there sooner.
 */

const NEAR = "800px"; // below or above what is seen

class CleanByHand extends HTMLElement {
  /** @type {import("./clean_plate.js").CleanPlate | undefined} */
  plate;

  connectedCallback() {
    this.nearby = new IntersectionObserver(([entry]) => entry.isIntersecting && void this.begin(), { rootMargin: NEAR });
    this.nearby.observe(this);
  }

  async begin() {
    this.nearby?.disconnect();
    const { CleanPlate } = await import("./clean_plate.js");
    if (this.isConnected) this.plate ??= new CleanPlate(this);
  }

  disconnectedCallback() {
    this.nearby?.disconnect();
    this.plate?.close();
    this.plate = undefined;
  }
}

customElements.define("clean-by-hand", CleanByHand);
