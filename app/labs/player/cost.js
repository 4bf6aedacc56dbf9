/** What a run will cost, from the rate that the server measured or that the last run here had. */

import { counted } from "../../kit/messages.js";

/** @import { Control, Settings } from "../../kit/fields.js" */
/** @import { Vocabulary } from "./vocabulary.js" */

const SLOW_S = 10;
const OFFERED_STEPS = [50, 25, 20, 10, 5];

export class Cost {
  /**
   * @param {Vocabulary | null} vocabulary  of a model that reads prompts
   * @param {readonly Control[]} controls
   * @param {Record<string, number>} fewestSteps  of the grids that do not take every number of steps
   */
  constructor(vocabulary, controls, fewestSteps) {
    this.vocabulary = vocabulary;
    this.fewestSteps = fewestSteps;
    /** @type {(cost: string) => Control[]} */
    const deciding = (cost) => controls.filter((control) => control.cost === cost);
    this.guidance = deciding("guidance")[0];
    this.pictures = deciding("pictures")[0].name;
    this.steps = deciding("steps")[0].name;
    this.conditions = deciding("condition").map(({ name }) => name);
    this.apart = deciding("apart").map(({ name }) => name);
    /** @type {number | null} */
    this.rowsPerS = null;
  }

  /**
   * The server's figure counts until a run here has given a better one.
   *
   * @param {number | null | undefined} rate
   */
  expect(rate) {
    this.rowsPerS ??= rate || null;
  }

  /**
   * Take over the rate of a run; one that is stepped apart says nothing of the others.
   *
   * @param {Settings} settings
   * @param {number} callsPerStep
   * @param {number} seconds
   */
  measured(settings, callsPerStep, seconds) {
    if (seconds <= 0 || this.apart.some((name) => settings[name])) return;
    this.rowsPerS = this.networkRows(settings, callsPerStep) / seconds;
  }

  /**
   * @param {Settings} settings
   * @param {number} callsPerStep
   */
  seconds(settings, callsPerStep) {
    return this.rowsPerS ? this.networkRows(settings, callsPerStep) / this.rowsPerS : null;
  }

  /**
   * Rows of the network that a run takes: guidance that is not neutral needs two, a second call a step more.
   *
   * @param {Settings} settings
   * @param {number} callsPerStep
   */
  networkRows(settings, callsPerStep) {
    const { name, neutral = [], decimals } = this.guidance;
    const guidance = Number(Number(settings[name]).toFixed(decimals)); // as the server rounds it
    const isGuided = this.isConditioned(settings) && !neutral.includes(guidance);
    const calls = callsPerStep * Number(settings[this.steps]) - (callsPerStep - 1);
    return Number(settings[this.pictures]) * calls * (isGuided ? 2 : 1);
  }

  /**
   * Whether guidance has two different things to tell apart: a class from none, or two prompts as the model
   * reads them.
   *
   * @param {Settings} settings
   */
  isConditioned(settings) {
    const { vocabulary } = this;
    if (!vocabulary) return this.conditions.some((name) => settings[name] !== undefined);
    const read = this.conditions.map((name) => vocabulary.read(String(settings[name] ?? "")).names.join(" "));
    return new Set(read).size > 1;
  }

  /**
   * Offer fewer steps on a machine on which this run would take long; null where it would not.
   *
   * @param {Settings} settings
   * @param {number} callsPerStep
   */
  fewerSteps(settings, callsPerStep) {
    /** @param {number} steps */
    const secondsFor = (steps) => this.seconds({ ...settings, [this.steps]: steps }, callsPerStep) ?? 0;
    const steps = Number(settings[this.steps]);
    if (secondsFor(steps) <= SLOW_S) return null;
    const fewest = this.fewestSteps[String(settings.grid)] ?? 1;
    const fewer = OFFERED_STEPS.filter((offered) => fewest <= offered && offered < steps);
    return fewer.find((offered) => secondsFor(offered) <= SLOW_S) ?? fewer.at(-1) ?? null;
  }
}

/**
 * @param {number} steps
 * @param {number} count
 * @param {number | null} seconds
 */
export function inWords(steps, count, seconds) {
  const what = `${counted(steps, "step")}${count > 1 ? ` for ${count} pictures` : ""}`;
  if (seconds === null) return what;
  if (seconds < 1) return `${what}, under a second`;
  return `${what}, about ${seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`}`;
}
