// The noise level over a run, under the scrubber: what is planned, what has arrived, and where we are.

const TOP = 6; // the curve's highest point, in a box of 1000 x 100

export class Curve {
  constructor(svg) {
    this.whole = svg.querySelector(".curve-whole");
    this.known = svg.querySelector(".curve-known");
    this.now = svg.querySelector(".curve-now");
    this.point = svg.querySelector(".curve-point");
  }

  // Draw a plan given as noise levels in thousandths, spread over the whole run.
  plan(levels) {
    cancelAnimationFrame(this.drawing);
    const last = levels.length - 1;
    this.whole.setAttribute("d", line(levels.map((level, index) => [(1000 * index) / last, level / 1000])));
    this.known.setAttribute("d", "");
    this.now.setAttribute("d", "");
    this.point.setAttribute("d", "");
  }

  // Draw what has arrived; frames that come in one go are drawn in one go.
  received(frames, steps) {
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => {
      const points = frames.map((frame) => [(1000 * frame.step) / steps, frame.noise_scale]);
      this.known.setAttribute("d", line(points));
    });
  }

  mark(frame, steps) {
    const x = ((1000 * frame.step) / steps).toFixed(1);
    const y = height(frame.noise_scale);
    this.now.setAttribute("d", `M${x} 0V100`);
    this.point.setAttribute("d", `M${x} ${y}h0.01`);
  }
}

function height(level) {
  return (100 - (100 - TOP) * level).toFixed(2);
}

function line(points) {
  return points.map(([x, level], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${height(level)}`).join("");
}
