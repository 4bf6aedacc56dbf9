/** Where the steps of a sampler fall on a schedule: the grids of app/diffusion/schedules.py. */

/** @import { Schedule } from "../../kit/schedule.js" */

const FIRST_SIGMA = Math.tan((0.999 * Math.PI) / 2); // where runs of our models begin
const LAST_SIGMA = { log_snr: 0.01, rho7: 0.002 };
const RHO = 7;

/**
 * Return the times at which the model is asked, from the noisiest on.
 *
 * @param {Schedule} schedule
 * @param {string} grid
 * @param {number} steps
 * @returns {number[]} as many as there are steps
 */
export function times(schedule, grid, steps) {
  const first = schedule.matching({ t: 1, signal: 1, noise: FIRST_SIGMA });
  if (steps === 1) return [first.t];
  const even = Array.from({ length: steps }, (_, step) => (first.t * (steps - step)) / steps);
  if (grid === "uniform") return even;
  const top = first.noise / first.signal;
  if (grid === "log_snr") {
    const [from, to] = [Math.log(top), Math.log(LAST_SIGMA.log_snr)];
    return along(schedule, first.t, steps, (share) => Math.exp(from + (to - from) * share));
  }
  const [from, to] = [top ** (1 / RHO), LAST_SIGMA.rho7 ** (1 / RHO)];
  const steep = along(schedule, first.t, steps, (share) => (from + (to - from) * share) ** RHO);
  return grid === "rho7" ? steep : even.map((t, step) => (t + steep[step]) / 2);
}

/**
 * @param {Schedule} schedule
 * @param {number} start
 * @param {number} steps
 * @param {(share: number) => number} sigmaAt
 */
function along(schedule, start, steps, sigmaAt) {
  return Array.from({ length: steps }, (_, step) => {
    if (step === 0) return start;
    return schedule.matching({ t: 0, signal: 1, noise: sigmaAt(step / (steps - 1)) }).t;
  });
}
