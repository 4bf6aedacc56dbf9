/**
 * A step in its sampler's own words: the quantities that the sampler speaks of, each with its number, down to x_next.
 * They are worked out from the levels at both ends of the step and the values at the pixel, not from the row, so that
 * both ways to x_next can be compared.
 */

/**
 * @typedef {object} Values  of one network call at a pixel, in one channel
 * @property {number} x_t
 * @property {number} x0_hat
 * @property {number} x0_hat_previous
 * @property {number} noise
 * @property {number} start
 * @property {Record<string, number>} row
 */

/**
 * @typedef {object} Ends  of a step
 * @property {number} signal_scale
 * @property {number} noise_scale
 * @property {number} signal_scale_next
 * @property {number} noise_scale_next
 * @property {number} t
 * @property {number} t_next
 */

/** @typedef {[name: string, formula: string, value: number]} Line */
/** @typedef {(values: Values, ends: Ends) => Line[]} Words  of one call */

/** @param {Ends} ends */
function levels({ signal_scale: S, noise_scale: N, signal_scale_next: S1, noise_scale_next: N1 }) {
  const sigma = N / S;
  const sigma_next = N1 / S1;
  const angle = Math.atan2(N, S);
  return { S, N, S1, N1, sigma, sigma_next, r: sigma_next / sigma, angle, turn: Math.atan2(N1, S1) - angle };
}

/** @type {Words} */
function ddim({ x_t, x0_hat, noise, row }, ends) {
  const { S, N, S1, N1 } = levels(ends);
  const eps = (x_t - S * x0_hat) / N;
  const kept = Math.sqrt(Math.max(0, N1 ** 2 - row.noise ** 2));
  return [
    ["eps_hat", "(x_t − S·x0_hat) / N", eps],
    ["fresh", "of N_next, the part that is fresh", row.noise],
    ["kept", "√(N_next² − fresh²)", kept],
    ["x_next", "S_next·x0_hat + kept·eps_hat + fresh·noise", S1 * x0_hat + kept * eps + row.noise * noise],
  ];
}

/**
 * @param {boolean} isLarge  variance
 * @returns {Words}
 */
function ddpm(isLarge) {
  return ({ x_t, x0_hat, noise }, ends) => {
    const { S1, N, N1, r } = levels(ends);
    const removed = 1 - r ** 2;
    const mean = S1 * removed * x0_hat + (N1 / N) * r * x_t;
    const std = N1 === 0 ? 0 : (isLarge ? N : N1) * Math.sqrt(removed);
    return [
      ["r", "sigma_next / sigma", r],
      ["mean", "S_next·(1 − r²)·x0_hat + (N_next/N)·r·x_t", mean],
      ["std", N1 === 0 ? "0 on the last step" : `${isLarge ? "N" : "N_next"}·√(1 − r²)`, std],
      ["x_next", "mean + std·noise", mean + std * noise],
    ];
  };
}

/** @type {Words} */
function dpmSolver({ x_t, x0_hat, x0_hat_previous, row }, ends) {
  const { S1, N, N1, r } = levels(ends);
  const toward = S1 * (1 - r);
  const lean = toward === 0 ? 0 : -row.x0_hat_previous / toward;
  const D = x0_hat + lean * (x0_hat - x0_hat_previous);
  return [
    ["r", "sigma_next / sigma", r],
    ["lean", lean === 0 ? "0: this step uses one guess" : "half of this step in log sigma, over the one before", lean],
    ["D", "x0_hat + lean·(x0_hat − x0_hat_previous)", D],
    ["x_next", "(N_next/N)·x_t + S_next·(1 − r)·D", (N1 / N) * x_t + toward * D],
  ];
}

/** @type {Words} */
function flowEuler({ x_t, x0_hat }, ends) {
  const { N, N1 } = levels(ends);
  const v = (x_t - x0_hat) / N;
  return [
    ["v_hat", "(x_t − x0_hat) / t", v],
    ["x_next", "x_t + (t_next − t)·v_hat", x_t + (N1 - N) * v],
  ];
}

/** @type {Words} */
function turnBack({ x_t, x0_hat, start }, ends) {
  const { S, N, S1, N1, angle, turn } = levels(ends);
  const [size, sizeNext] = [Math.hypot(S, N), Math.hypot(S1, N1)];
  const [u, tried] = [start / size, x_t / sizeNext];
  const v = (tried - Math.cos(turn) * u) / Math.sin(turn);
  const v1 = (Math.cos(angle) * tried - Math.cos(turn) * x0_hat) / Math.sin(angle + turn);
  const next = Math.cos(turn) * u + (Math.sin(turn) * (v + v1)) / 2;
  return [
    ["u", "start / √(S² + N²)", u],
    ["v", "as the first call said", v],
    ["v_1", "as this call says, of the step’s start", v1],
    ["x_next", "√(S_next² + N_next²)·(cos(turn)·u + sin(turn)·(v + v_1)/2)", sizeNext * next],
  ];
}

/** @type {Words} */
function eulerInSigma({ x_t, x0_hat }, ends) {
  const { S, S1, sigma, sigma_next } = levels(ends);
  const y = x_t / S;
  const d = (y - x0_hat) / sigma;
  return [
    ["y", "x_t / S", y],
    ["d", "(y − x0_hat) / sigma", d],
    ["x_next", "S_next·(y + (sigma_next − sigma)·d)", S1 * (y + (sigma_next - sigma) * d)],
  ];
}

/** @type {Words} */
function correctInSigma({ x_t, x0_hat, start }, ends) {
  const { S, S1, sigma, sigma_next } = levels(ends);
  const [y, tried] = [start / S, x_t / S1];
  const d = (tried - y) / (sigma_next - sigma);
  const d1 = (tried - x0_hat) / sigma_next;
  return [
    ["d", "as the first call said", d],
    ["d_1", "(y_try − x0_hat) / sigma_next", d1],
    ["x_next", "S_next·(y + (sigma_next − sigma)·(d + d_1)/2)", S1 * (y + ((sigma_next - sigma) * (d + d1)) / 2)],
  ];
}

/** @type {Record<string, readonly Words[]>}  of each call of a step, by sampler */
const WORDS = {
  ddim: [ddim],
  ddpm: [ddpm(false)],
  ddpm_large: [ddpm(true)],
  dpm_solver_pp: [dpmSolver],
  heun: [ddim, turnBack],
  heun_sigma: [eulerInSigma, correctInSigma],
  flow_euler: [flowEuler],
};

/**
 * Return the lines of a call; the last one is x_next. None for a sampler that has no words here.
 *
 * @param {string} sampler
 * @param {number} call  of the step, from 0
 * @param {Values} values
 * @param {Ends} ends
 * @returns {Line[]}
 */
export function ownWords(sampler, call, values, ends) {
  const words = WORDS[sampler]?.[call];
  return words ? words(values, ends) : [];
}
