/**
 * The fields of a plate's form: read, check, set and mark them, by what the page says of its controls.
 * What depends on what is the lab's own affair.
 */

import { asWritten, decimalNumber, wholeNumber } from "./numbers.js";

/**
 * A control as app/controls/fields.py describes it.
 *
 * @typedef {object} Control
 * @property {string} name of its field, in requests and links too
 * @property {"whole" | "real" | "choice" | "text" | "tick" | "label"} kind
 * @property {string} title
 * @property {number} [least] smallest number
 * @property {number} [most] largest number
 * @property {number} [longest] letters that a text may have
 * @property {string | null} cost how it decides what a run costs
 * @property {number[]} [neutral] numbers that cost least
 * @property {number} [decimals] to which the server rounds a number
 * @property {string} [usual] its value unless something is chosen
 * @property {boolean} fixed its value holds for this plate: shown as text, or not at all
 */

/** @typedef {string | number | boolean} Value */
/** @typedef {Record<string, Value>} Settings  by the names of controls; what is empty or switched off is left out */
/** @typedef {{ field: string, message: string }} Problem */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

/** Kinds whose fields can be empty. */
const EMPTIABLE = ["text", "label", "tick"];

export class Fields {
  /**
   * @param {HTMLFormElement} form
   * @param {readonly Control[]} controls  in the order of links
   * @param {HTMLElement} fault  shows what is wrong
   */
  constructor(form, controls, fault) {
    this.form = form;
    this.controls = new Map(controls.map((control) => [control.name, control]));
    this.fault = fault;
  }

  /**
   * Return a field of the form, or null where it has none of that name.
   *
   * @param {string} name
   * @returns {Field | null}
   */
  field(name) {
    const element = this.form.elements.namedItem(name);
    const isField =
      element instanceof HTMLInputElement ||
      element instanceof HTMLSelectElement ||
      element instanceof HTMLTextAreaElement;
    return isField ? element : null;
  }

  /**
   * Return what a field holds, as text; empty where the form has no such field.
   *
   * @param {string} name
   */
  text(name) {
    return this.field(name)?.value ?? "";
  }

  /**
   * Whether the form has a field of that name which a learner can change.
   *
   * @param {string} name
   */
  isOpen(name) {
    const control = this.controls.get(name);
    return control !== undefined && !control.fixed && this.field(name) !== null;
  }

  /**
   * Put a value into a field; one that is fixed stays as it is.
   *
   * @param {string} name
   * @param {string | number} value
   */
  set(name, value) {
    const field = this.isOpen(name) ? this.field(name) : null;
    if (field) field.value = String(value);
  }

  /**
   * The settings as the server takes them. Fields that are empty or disabled, and ticks that are not set, are
   * left out.
   *
   * @returns {Settings}
   */
  values() {
    /** @type {Settings} */
    const values = {};
    for (const control of this.controls.values()) {
      const field = this.field(control.name);
      if (!field || field.disabled || field.value === "") continue;
      if (control.kind !== "tick") values[control.name] = isNumber(control) ? numberIn(control, field.value) : field.value;
      else if (isTicked(field)) values[control.name] = true;
    }
    return values;
  }

  /**
   * Return the first number that is none, or out of range; null where all are sound.
   *
   * @returns {Problem | null}
   */
  problem() {
    for (const control of this.controls.values()) {
      const field = this.field(control.name);
      if (!isNumber(control) || control.fixed || !field || field.disabled) continue;
      if (isInRange(control, field.value)) continue;
      const isWhole = control.kind === "whole";
      const range = `${isWhole ? "a whole number" : "a number"} from ${control.least} to ${control.most}`;
      const message = `${control.title} must be ${range}${asWritten(field.value, { isWhole })}.`;
      return { field: control.name, message };
    }
    return null;
  }

  /**
   * Say what is wrong, at its field where a learner can change that.
   *
   * @param {{ field?: string | null, message: string }} problem
   * @param {{ takesFocus: boolean }} [how]  `takesFocus`: to that field, which a press was in vain for
   */
  complain({ field: name, message }, { takesFocus } = { takesFocus: true }) {
    this.clearComplaint();
    this.fault.textContent = message;
    this.fault.hidden = false;
    const field = name && this.isOpen(name) ? this.field(name) : null;
    if (!field) return;
    field.closest("details")?.setAttribute("open", "");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-errormessage", this.fault.id);
    if (takesFocus) field.focus();
  }

  clearComplaint() {
    this.fault.hidden = true;
    this.fault.textContent = "";
    for (const field of this.form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-errormessage");
    }
  }

  /** Empty every field that can be empty and is not fixed: links leave out what is empty. */
  empty() {
    for (const { name, kind } of this.controls.values()) {
      const field = this.isOpen(name) ? this.field(name) : null;
      if (!field || !EMPTIABLE.includes(kind)) continue;
      if (kind === "tick" && field instanceof HTMLInputElement) field.checked = false;
      else field.value = "";
    }
  }

  /**
   * Take a value from outside, such as a link, if the field can hold it; a fixed one is only compared.
   *
   * @param {string} name
   * @param {string} text
   * @returns {boolean} the field holds this value now
   */
  accept(name, text) {
    const control = this.controls.get(name);
    const field = this.field(name);
    if (!control || !field) return false;
    if (control.fixed) return holds(control, field, text);
    if (field instanceof HTMLInputElement && field.type === "checkbox") return tick(field, text);
    if (field instanceof HTMLSelectElement && ![...field.options].some(({ value }) => value === text)) return false;
    if (control.longest !== undefined && text.length > control.longest) return false;
    const before = field.value;
    field.value = text;
    const isSound = !isNumber(control) || isInRange(control, field.value);
    if (!isSound) field.value = before;
    return isSound;
  }
}

/** @param {Control} control */
function isNumber({ kind }) {
  return kind === "whole" || kind === "real";
}

/**
 * Return the number that a field holds; NaN where it holds none.
 *
 * @param {Control} control
 * @param {string} text
 */
function numberIn({ kind }, text) {
  return kind === "whole" ? wholeNumber(text) : decimalNumber(text);
}

/**
 * @param {Control} control
 * @param {string} text
 */
function isInRange(control, text) {
  const { least = -Infinity, most = Infinity } = control;
  const value = numberIn(control, text);
  return value >= least && value <= most;
}

/** @param {Field} field  a box to tick, or what holds the value of a fixed one */
function isTicked(field) {
  return field instanceof HTMLInputElement && field.type === "checkbox" ? field.checked : field.value === "true";
}

/**
 * @param {HTMLInputElement} box
 * @param {string} text
 */
function tick(box, text) {
  const isKnown = text === "true" || text === "false";
  if (isKnown) box.checked = text === "true";
  return isKnown;
}

/**
 * @param {Control} control
 * @param {Field} field
 * @param {string} text
 */
function holds(control, field, text) {
  return isNumber(control) ? decimalNumber(text) === decimalNumber(field.value) : text === field.value;
}
