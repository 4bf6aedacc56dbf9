// What a run will cost, from the rate that the server measured or that the last run here had.

import { counted } from "./status.js";

const SLOW_S = 10;
const OFFERED_STEPS = [50, 25, 20, 10, 5];

export class Cost {
  // `vocabulary`: of a model that reads prompts; null for one of classes.
  // `fewestSteps`: of the grids that do not take every number of steps.
  constructor(vocabulary, fewestSteps) {
    this.vocabulary = vocabulary;
    this.fewestSteps = fewestSteps;
    this.rowsPerS = null;
  }

  // The server's figure counts until a run here has given a better one.
  expect(rate) {
    this.rowsPerS ??= rate || null;
  }

  // A run with maps goes a slower way, by itself, and says nothing of the others.
  measured(settings, callsPerStep, seconds) {
    if (seconds > 0 && !settings.attention) this.rowsPerS = this.networkRows(settings, callsPerStep) / seconds;
  }

  seconds(settings, callsPerStep) {
    return this.rowsPerS ? this.networkRows(settings, callsPerStep) / this.rowsPerS : null;
  }

  // Rows of the network that a run takes: guidance other than 0 or 1 asks twice, Heun's steps do too.
  networkRows(settings, callsPerStep) {
    const guidance = Math.round(1e6 * settings.guidance) / 1e6; // as the server takes it
    const isGuided = this.isConditioned(settings) && guidance !== 0 && guidance !== 1;
    const calls = callsPerStep * settings.steps - (callsPerStep - 1);
    return settings.count * calls * (isGuided ? 2 : 1);
  }

  // Whether there are two different things to ask: two prompts are what the model reads of them.
  isConditioned({ label, prompt = "", negative_prompt: negative = "" }) {
    if (!this.vocabulary) return label !== undefined;
    const [toward, away] = [prompt, negative].map((text) => this.vocabulary.read(text).names.join(" "));
    return toward !== away;
  }

  // Fewer steps for a machine on which this run would take long; null when it would not.
  fewerSteps(settings, callsPerStep) {
    const secondsFor = (steps) => this.seconds({ ...settings, steps }, callsPerStep);
    if (!(secondsFor(settings.steps) > SLOW_S)) return null;
    const fewest = this.fewestSteps[settings.grid] ?? 1;
    const fewer = OFFERED_STEPS.filter((offered) => fewest <= offered && offered < settings.steps);
    return fewer.find((offered) => secondsFor(offered) <= SLOW_S) ?? fewer.at(-1) ?? null;
  }
}

export function inWords(steps, count, seconds) {
  const what = `${counted(steps, "step")}${count > 1 ? ` for ${count} pictures` : ""}`;
  if (seconds === null) return what;
  if (seconds < 1) return `${what}, under a second`;
  return `${what}, about ${seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`}`;
}
