/** Waiting that can be called off: every wait here rejects with AbortError once its signal fires. */

/**
 * Wait for something.
 *
 * @param {AbortSignal} signal
 * @param {(resolve: () => void) => () => void} begin starts the wait and returns what clears up after it
 * @returns {Promise<void>}
 */
export async function until(signal, begin) {
  let clearUp = () => {};
  let abort = () => {};
  /** @type {Promise<void>} */
  const waited = new Promise((resolve, reject) => {
    abort = () => reject(new DOMException("the wait was called off", "AbortError"));
    signal.addEventListener("abort", abort);
    clearUp = begin(resolve);
    if (signal.aborted) abort();
  });
  try {
    await waited;
  } finally {
    clearUp();
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Wait for some time.
 *
 * @param {number} ms
 * @param {AbortSignal} signal
 */
export function sleep(ms, signal) {
  return until(signal, (resolve) => {
    const timer = setTimeout(resolve, ms);
    return () => clearTimeout(timer);
  });
}
