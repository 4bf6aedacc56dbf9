/** The line under the pictures that says which settings they are of, while the form says other ones. */

/** @import { SettingsForm } from "./settings.js" */
/** @import { RunSettings } from "./start.js" */

/**
 * The names of the settings in which two runs differ.
 *
 * @param {Record<string, unknown>} made
 * @param {Record<string, unknown>} wanted
 */
export function differences(made, wanted) {
  return [...new Set([...Object.keys(made), ...Object.keys(wanted)])].filter((name) => made[name] !== wanted[name]);
}

export class MadeLine {
  /**
   * @param {HTMLElement} line
   * @param {SettingsForm} form
   */
  constructor(line, form) {
    this.line = line;
    this.form = form;
  }

  /**
   * Say in what the pictures on show differ from the form; nothing where they do not.
   *
   * @param {RunSettings | null} made  the settings of the pictures, or null before a run
   * @param {RunSettings} wanted
   */
  say(made, wanted) {
    const names = made ? differences(made, wanted) : [];
    this.line.hidden = names.length === 0;
    const words = names.map((name) => `${this.form.title(name)} ${this.form.inWords(name, made?.[name])}`);
    this.line.textContent = names.length ? `These pictures are of: ${words.join(", ")}.` : "";
  }
}
