"""S13: how long the browser's main thread needs for one frame of nine pictures, decoded and drawn."""

from __future__ import annotations

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from playwright.sync_api import sync_playwright

from benchmarks.effort import Effort
from benchmarks.result import Result
from benchmarks.server import Server

DRAW = """async rounds => {
  const { Sheet } = await import("/static/kit/canvas.js");
  const { PANES, readFrame } = await import("/static/kit/frames.js");
  const sheets = PANES.map(() => {
    const holder = document.createElement("div");
    const canvas = document.createElement("canvas");
    holder.append(canvas);
    document.body.append(holder);
    const sheet = new Sheet(canvas);
    sheet.layOut([3, 32, 32], 9);
    return sheet;
  });
  const bytes = Uint8Array.from({ length: 9 * 32 * 32 * 3 }, (_, index) => (index * 37) % 256);
  const text = btoa(String.fromCharCode(...bytes));
  const data = JSON.stringify({ step: 1, x_t: text, x0_hat: text, eps_hat: text });
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const frame = readFrame(data);
    sheets.forEach((sheet, index) => sheet.paint(frame[PANES[index]]));
    times.push(performance.now() - began);
  }
  return times;
}"""


def measure_drawing(server: Server, effort: Effort) -> list[Result]:
    """Measure S13 with the player's own modules in a headless Chromium; nothing where there is none."""
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    browser = os.environ.get("CHROMIUM") or next(filter(None, found), None)
    if browser is None:
        print("  no Chromium on this machine: S13 is left out", file=sys.stderr)
        return []
    with ThreadPoolExecutor(1) as apart:  # Playwright leaves an event loop behind in its thread
        times = apart.submit(_draw, browser, f"http://127.0.0.1:{server.port}/", effort.events).result()
    how = (
        f"Base64 to pixels on three canvases of nine 32x32 colour pictures, in headless Chromium; "
        f"the median of {len(times)} frames, the longest {max(times):.1f} ms."
    )
    return [Result("S13", "one frame of nine pictures drawn", median(times), "≤", 4, " ms", how)]


def _draw(browser: str, address: str, rounds: int) -> list[float]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        try:
            page = launched.new_page()
            page.goto(address)
            return [float(time) for time in page.evaluate(DRAW, rounds)]
        finally:
            launched.close()
