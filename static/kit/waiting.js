// Waiting for time to pass or for the page to be seen. Both reject with AbortError once `signal` fires.

export function sleep(ms, signal) {
  return until(signal, (resolve) => {
    const timer = setTimeout(resolve, ms);
    return () => clearTimeout(timer);
  });
}

// Resolves as soon as the page is not hidden.
export function untilShown(signal) {
  return until(signal, (resolve) => {
    const look = () => document.hidden || resolve();
    document.addEventListener("visibilitychange", look);
    look();
    return () => document.removeEventListener("visibilitychange", look);
  });
}

// `begin` starts the wait and returns what clears up after it.
function until(signal, begin) {
  let clear;
  let abort;
  const waited = new Promise((resolve, reject) => {
    abort = () => reject(new DOMException("withdrawn", "AbortError"));
    signal.addEventListener("abort", abort);
    clear = begin(resolve);
    if (signal.aborted) abort();
  });
  return waited.finally(() => {
    clear();
    signal.removeEventListener("abort", abort);
  });
}
