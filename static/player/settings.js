// The form: reading and checking it, what depends on what, the dice, and complaints at the right field.

const WHOLE = ["seed", "count", "steps"];
const NUMBERS = [...WHOLE, "guidance", "eta"];
export const FIELDS = ["label", "seed", "count", "sampler", "steps", "guidance", "eta", "grid"];

export class SettingsForm {
  constructor(form, samplers, limits) {
    this.form = form;
    this.samplers = samplers; // name -> { calls, usesEta, path }
    this.limits = limits;
    this.fault = form.querySelector("[data-role=form-fault]");
    this.etaOff = form.querySelector("[data-role=eta-off]");
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

  get sampler() {
    return this.samplers.get(this.field("sampler").value);
  }

  // Only DDIM has eta; without a class there is nothing to guide towards.
  depend() {
    this.field("eta").disabled = !this.sampler.usesEta;
    this.etaOff.hidden = this.sampler.usesEta;
    for (const name of this.form.querySelectorAll("[data-role=sampler-is] [data-sampler]")) {
      name.hidden = name.dataset.sampler !== this.field("sampler").value;
    }
  }

  // The settings as the server takes them. Fields that cannot be read are left out.
  values() {
    const values = { model: this.field("model").value };
    for (const name of FIELDS) {
      const field = this.field(name);
      if (field.disabled || field.value === "") continue;
      values[name] = NUMBERS.includes(name) ? Number(field.value) : field.value;
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
    const { count, steps } = this.values();
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
    if (field instanceof HTMLSelectElement) {
      if (![...field.options].some((option) => option.value === text)) return false;
      field.value = text;
      return true;
    }
    if (!/^\d{1,16}(\.\d{1,6})?$/.test(text)) return false;
    const before = field.value;
    field.value = text;
    if (field.checkValidity()) return true;
    field.value = before;
    return false;
  }
}

function title(field) {
  return field.labels[0].textContent.trim();
}
