/** Numbers as text: a fixed number of digits, a true minus, and signs for what is infinite. */

/**
 * @param {number} value
 * @param {number} digits after the point
 */
export function figures(value, digits) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** @param {number} sigma  written with about three digits that count */
export function sigmaText(sigma) {
  return figures(sigma, sigma >= 100 ? 0 : sigma >= 10 ? 1 : 3);
}

/**
 * @param {number} part
 * @param {number} whole
 */
export function percent(part, whole) {
  const share = (100 * part) / whole;
  return `${figures(share, share > 0 && share < 10 ? 1 : 0)} %`;
}
