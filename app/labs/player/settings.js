/** The player's form: its fields, what depends on what among them, and the dice. */

import { Fields } from "../../kit/fields.js";

/** @import { Control, Problem, Settings } from "../../kit/fields.js" */

/** @typedef {{ calls: number, usesEta: boolean, path: string }} SamplerFacts */
/** @typedef {{ imageSteps: number, attentionCount: number, fewestSteps: Record<string, number> }} Limits */

const LARGEST_CHANCE_SEED = 1_000_000;

export class SettingsForm extends Fields {
  /**
   * @param {HTMLFormElement} form
   * @param {Map<string, SamplerFacts>} samplers
   * @param {Limits} limits  what settings may have together
   * @param {readonly Control[]} controls
   */
  constructor(form, samplers, limits, controls) {
    super(form, controls, /** @type {HTMLElement} */ (form.querySelector("[data-role=form-fault]")));
    this.samplers = samplers;
    this.limits = limits;
    /** @type {HTMLElement | null} */
    const attention = form.querySelector("[data-role=attention-field]");
    if (attention) attention.hidden = false;
    /** @type {HTMLElement | null} */
    const dice = form.querySelector("[data-role=dice]");
    if (dice) {
      dice.hidden = false;
      dice.addEventListener("click", () => this.throwDice());
    }
    form.noValidate = true;
    this.depend();
  }

  throwDice() {
    this.set("seed", crypto.getRandomValues(new Uint32Array(1))[0] % LARGEST_CHANCE_SEED);
    this.field("seed")?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /**
   * What a setting is called.
   *
   * @param {string} name
   */
  title(name) {
    return this.controls.get(name)?.title.toLowerCase() ?? name;
  }

  /**
   * Write a value as the form's lists do.
   *
   * @param {string} name
   * @param {unknown} value
   */
  inWords(name, value) {
    if (value === undefined) return "none";
    if (value === true) return "yes";
    const field = this.field(name);
    const options = field instanceof HTMLSelectElement ? [...field.options] : [];
    const isNumber = this.controls.get(name)?.least !== undefined;
    return options.find((option) => option.value === String(value))?.text ?? String(isNumber ? Number(value) : value);
  }

  /** The facts of the sampler that is chosen. */
  get sampler() {
    return /** @type {SamplerFacts} */ (this.samplers.get(this.text("sampler")));
  }

  /** Only DDIM has eta; only a few pictures at once can have maps of attention. */
  depend() {
    this.disable("eta", !this.sampler.usesEta);
    this.disable("attention", Number(this.text("count")) > this.limits.attentionCount);
    this.sayWhatIsSet();
    for (const line of this.form.querySelectorAll("[data-role=sampler-is] [data-sampler]")) {
      if (line instanceof HTMLElement) line.hidden = line.dataset.sampler !== this.text("sampler");
    }
  }

  /** Behind the fold, what is not as usual is named on it. */
  sayWhatIsSet() {
    const place = this.form.querySelector("[data-role=set]");
    if (!place) return;
    const unusual = [...this.controls.values()].filter(({ name, usual }) => {
      const field = this.field(name);
      return field?.closest(".more") && !field.disabled && this.text(name) !== usual && field.type !== "checkbox";
    });
    place.textContent = unusual.map(({ name }) => `${this.title(name)} ${this.inWords(name, this.text(name))}`).join(", ");
  }

  /**
   * Disable a field that has no effect now, and show the line that says why.
   *
   * @param {string} name
   * @param {boolean} isOff
   */
  disable(name, isOff) {
    const field = this.field(name);
    if (field) field.disabled = isOff;
    /** @type {HTMLElement | null} */
    const why = this.form.querySelector(`[data-role=${name}-off]`);
    if (why) why.hidden = !isOff;
  }

  /**
   * The settings as the server takes them, with the model.
   *
   * @override
   * @returns {Settings}
   */
  values() {
    return { model: this.text("model"), ...super.values() };
  }

  /**
   * Return the first thing that is wrong with the form, or null.
   *
   * @override
   * @returns {Problem | null}
   */
  problem() {
    const [count, steps] = [Number(this.text("count")), Number(this.text("steps"))];
    const fewest = this.limits.fewestSteps[this.text("grid")] ?? 1;
    if (!super.problem() && steps < fewest) {
      return { field: "steps", message: `Spread this way, there must be at least ${fewest} steps.` };
    }
    if (super.problem() || count * steps <= this.limits.imageSteps) return super.problem();
    return {
      field: "steps",
      message:
        `${count} pictures of ${steps} steps are too much at once: ` +
        `together at most ${this.limits.imageSteps} steps.`,
    };
  }
}
