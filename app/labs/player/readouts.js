// The numbers of the current frame: the read-outs, the step's arithmetic, and the line of source that runs.

const TERMS = ["x_t", "x0_hat", "x0_hat_previous", "noise", "start"];

const STAGES = {
  first: "the first step",
  middle: "a step in the middle",
  last: "the last step",
  done: "the picture is finished",
};

function figures(value, digits = 3) {
  return Number.isFinite(value) ? value.toFixed(digits).replace("-", "−") : "–";
}

function sigma(frame) {
  const ratio = frame.noise_scale / frame.signal_scale;
  return ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 10 ? 1 : 3);
}

export function readings(frame, steps) {
  return {
    step: `${frame.step} / ${steps}`,
    t: figures(frame.t),
    alpha_bar: frame.alpha_bar === null ? "–" : figures(frame.alpha_bar),
    sigma: sigma(frame),
    snr: frame.snr_db === null ? "∞ dB" : `${figures(frame.snr_db, 1)} dB`,
  };
}

// `0.970·x_t + 0.031·x0_hat`, without the terms that are nought.
function sum(terms) {
  const shown = terms.filter(([factor]) => factor !== 0);
  if (shown.length === 0) return "0";
  return shown
    .map(([factor, name], index) => {
      const size = `${figures(Math.abs(factor))}·${name}`;
      if (index === 0) return factor < 0 ? `−${size}` : size;
      return `${factor < 0 ? "−" : "+"}\u00a0${size}`; // never a line that ends in a sign
    })
    .join(" ");
}

function stepFormula(row) {
  return sum(TERMS.map((name) => [row[name] ?? 0, name]));
}

export class CodeView {
  constructor(section) {
    this.section = section;
    this.sources = [...section.querySelectorAll(".code-of")];
    this.stage = section.querySelector("[data-role=stage]");
    this.arithmetic = section.querySelector("[data-role=arithmetic]");
    this.stepTitle = section.querySelector("[data-role=step-title]");
    this.stepRow = section.querySelector("[data-role=step-row]");
    this.frameRow = section.querySelector("[data-role=frame-row]");
  }

  // What is known of each sampler: name -> { calls, usesEta, path }.
  samplers() {
    return new Map(
      this.sources.map(({ dataset }) => [
        dataset.sampler,
        { calls: Number(dataset.calls), usesEta: dataset.eta === "true", path: dataset.path },
      ]),
    );
  }

  get sampler() {
    return this.source?.dataset.sampler;
  }

  choose(sampler) {
    for (const source of this.sources) source.hidden = source.dataset.sampler !== sampler;
    this.source = this.sources.find((source) => !source.hidden);
    this.clear();
  }

  clear() {
    this.light(null);
    this.stage.textContent = "";
    this.arithmetic.hidden = true;
  }

  show(frame) {
    this.light(frame.stage);
    this.stage.textContent = STAGES[frame.stage] ?? "";
    this.arithmetic.hidden = false;
    const callsTwice = this.source.dataset.calls === "2" && frame.stage !== "last";
    if (frame.row) {
      this.stepTitle.textContent = callsTwice
        ? `From frame ${frame.step} a first try goes to x_try, where the model is asked again:`
        : `From frame ${frame.step} to frame ${frame.step + 1}:`;
      this.stepRow.textContent = `${callsTwice ? "x_try" : "x_next"} = ${stepFormula(frame.row)}`;
    } else {
      this.stepTitle.textContent = "Nothing is left to do:";
      this.stepRow.textContent = "x_t is the picture";
    }
    this.frameRow.textContent = `x_t = ${sum([
      [frame.signal_scale, "x0_hat"],
      [frame.noise_scale, "eps_hat"],
    ])}`;
  }

  light(stage) {
    const span = new RegExp(`\\b${stage}:(\\d+)-(\\d+)`).exec(this.source?.dataset.lit ?? "");
    const key = `${this.sampler} ${span?.[0]}`;
    if (key === this.litKey) return; // most frames light what the one before did
    this.litKey = key;
    for (const line of this.section.querySelectorAll(".line.lit")) line.classList.remove("lit");
    if (!span) return;
    for (const line of this.source.querySelectorAll(".line")) {
      const number = Number(line.dataset.line);
      line.classList.toggle("lit", number >= Number(span[1]) && number <= Number(span[2]));
    }
  }
}
