// The form: reading and checking it, what depends on what, the dice, and complaints at the right field.

const WHOLE = ["seed", "count", "steps"];
const NUMBERS = [...WHOLE, "guidance", "eta"];
const CONDITIONS = ["label", "prompt", "negative_prompt"];
export const FIELDS = [...CONDITIONS, "seed", "count", "sampler", "steps", "guidance", "eta", "grid", "attention"];

export class SettingsForm {
  constructor(form, samplers, limits) {
    this.form = form;
    this.samplers = samplers; // name -> { calls, usesEta, path }
    this.limits = limits;
    this.fault = form.querySelector("[data-role=form-fault]");
    this.etaOff = form.querySelector("[data-role=eta-off]");
    this.attentionOff = form.querySelector("[data-role=attention-off]");
    if (this.attentionOff) form.querySelector("[data-role=attention-field]").hidden = false;
    const dice = form.querySelector("[data-role=dice]");
    dice.hidden = false;
    dice.addEventListener("click", () => {
      this.set("seed", crypto.getRandomValues(new Uint32Array(1))[0] % 1_000_000);
      form.dispatchEvent(new Event("input", { bubbles: true }));
    });
    form.noValidate = true;
    this.depend();
  }

  field(name) {
    return this.form.elements.namedItem(name);
  }

  set(name, value) {
    this.field(name).value = value;
  }

  // Ask for nothing: what a link leaves out is not meant to stay.
  clearConditions() {
    for (const name of CONDITIONS) if (this.field(name)) this.set(name, "");
    if (this.attentionOff) this.field("attention").checked = false;
  }

  get sampler() {
    return this.samplers.get(this.field("sampler").value);
  }

  // Only DDIM has eta; only a few pictures at once can have maps of attention.
  depend() {
    this.field("eta").disabled = !this.sampler.usesEta;
    this.etaOff.hidden = this.sampler.usesEta;
    if (this.attentionOff) {
      const isTooMuch = Number(this.field("count").value) > this.limits.attentionCount;
      this.field("attention").disabled = isTooMuch;
      this.attentionOff.hidden = !isTooMuch;
    }
    for (const name of this.form.querySelectorAll("[data-role=sampler-is] [data-sampler]")) {
      name.hidden = name.dataset.sampler !== this.field("sampler").value;
    }
  }

  // The settings as the server takes them. Fields that cannot be read, or that this model has not, are left out.
  values() {
    const values = { model: this.field("model").value };
    for (const name of FIELDS) {
      const field = this.field(name);
      if (!field || field.disabled || field.value === "") continue;
      if (field.type !== "checkbox") values[name] = NUMBERS.includes(name) ? Number(field.value) : field.value;
      else if (field.checked) values[name] = true;
    }
    return values;
  }

  // The first thing that is wrong with the form, or null.
  problem() {
    for (const name of NUMBERS) {
      const field = this.field(name);
      if (field.disabled || field.checkValidity()) continue;
      const kind = WHOLE.includes(name) ? "a whole number" : "a number";
      return { field: name, message: `${title(field)} must be ${kind} from ${field.min} to ${field.max}.` };
    }
    const { count, steps, grid } = this.values();
    const fewest = this.limits.fewestSteps[grid] ?? 1;
    if (steps < fewest) {
      return { field: "steps", message: `Spread this way, there must be at least ${fewest} steps.` };
    }
    if (count * steps > this.limits.imageSteps) {
      return {
        field: "steps",
        message: `${count} pictures of ${steps} steps are too much at once: together at most ${this.limits.imageSteps} steps.`,
      };
    }
    return null;
  }

  complain({ field, message }) {
    this.forgive();
    this.fault.textContent = message;
    this.fault.hidden = false;
    const wrong = FIELDS.includes(field) ? this.field(field) : null;
    if (!wrong) return;
    wrong.closest("details")?.setAttribute("open", "");
    wrong.setAttribute("aria-invalid", "true");
    wrong.setAttribute("aria-errormessage", this.fault.id);
    wrong.focus();
  }

  forgive() {
    this.fault.hidden = true;
    this.fault.textContent = "";
    for (const field of this.form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-errormessage");
    }
  }

  // Take a value from outside (a link) if the field could hold it; say whether it was taken.
  accept(name, text) {
    const field = this.field(name);
    if (!field) return false;
    if (field.type === "checkbox") {
      field.checked = text === "true";
      return text === "true" || text === "false";
    }
    if (field.type === "textarea" || field.type === "text") {
      if (text.length > field.maxLength) return false;
      field.value = text;
      return true;
    }
    if (field instanceof HTMLSelectElement) {
      if (![...field.options].some((option) => option.value === text)) return false;
      field.value = text;
      return true;
    }
    if (!Number.isFinite(Number(text))) return false;
    const before = field.value;
    field.value = text; // a field of numbers takes nothing else, and is then empty
    if (field.value !== "" && field.checkValidity()) return true;
    field.value = before;
    return false;
  }
}

function title(field) {
  return field.labels[0].textContent.trim();
}
