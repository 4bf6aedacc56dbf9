/** What the page gives the player to begin with, and the settings of its runs. */

/** @import { Shape } from "../../kit/canvas.js" */
/** @import { Control, Settings } from "../../kit/fields.js" */
/** @import { Limits } from "./settings.js" */
/** @import { Rules } from "./vocabulary.js" */

/**
 * @typedef {object} Start
 * @property {string} model
 * @property {Shape} shape of one picture
 * @property {Control[]} controls of the settings, in the order of links
 * @property {Limits} limits what settings may have together
 * @property {Rules | null} prompt of a model that reads prompts
 * @property {Record<string, number[]>} curves noise_scale over a run in thousandths, by "path grid"
 * @property {string} noise pixels of the first frame of a run with the plate's own settings, in base64; empty for
 *   a run of several pictures, whose noise is drawn here
 * @property {number} noiseScale of that noise
 */

/**
 * @typedef {Settings & {
 *   seed: number, count: number, steps: number, sampler: string, grid: string, guidance: number
 * }} RunSettings  as the form has them; the server takes more, which not every model has
 */

/**
 * @param {HTMLElement} element
 * @returns {Start}
 */
export function readStart(element) {
  return JSON.parse(element.dataset.start ?? "");
}
