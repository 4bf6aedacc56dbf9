/** The state of a player in a link: its settings, and the frame on show. */

import { decode, encode } from "../../kit/permalink.js";

/** @import { SettingsForm } from "./settings.js" */

const FRAME = "frame";
const KEPT = "kept"; // in what the runs that are kept beside this one differ
const MOST_KEPT = 3; // the places of a plate
const MODEL = "model"; // is the plate's

/**
 * Write the fragment that leads back to this frame of a run with these settings; null where it is too long.
 *
 * @param {string} plate  id of the plate
 * @param {Record<string, string | number | boolean>} settings  in the order of the link
 * @param {number | null} frame
 * @param {string} [kept]  as `writeKept` writes it
 */
export function fragment(plate, settings, frame, kept = "") {
  const state = Object.fromEntries(Object.entries(settings).filter(([name]) => name !== MODEL));
  if (frame !== null) state[FRAME] = frame;
  if (kept) state[KEPT] = kept;
  return encode(plate, state);
}

/**
 * Write in what runs differ as one value of a link: `seed:3;label:7|steps:5`. One that does not differ is left out.
 *
 * @param {Iterable<[name: string, value: unknown]>[]} runs
 */
export function writeKept(runs) {
  return runs.map(writeChanges).filter(Boolean).join("|");
}

/**
 * @param {string} text  as `writeKept` writes it
 * @returns {Map<string, string>[]}
 */
export function readKept(text) {
  const runs = text.split("|").map(readChanges);
  return runs.filter((changes) => changes.size).slice(0, MOST_KEPT);
}

/** @param {Iterable<[name: string, value: unknown]>} changes */
function writeChanges(changes) {
  return Array.from(changes, ([name, value]) => `${name}:${encodeURIComponent(String(value ?? ""))}`).join(";");
}

/**
 * @param {string} text  as `writeChanges` writes it; what is no setting is left out
 * @returns {Map<string, string>}
 */
function readChanges(text) {
  const pairs = text.split(";").map((pair) => /^(\w+):(.*)$/.exec(pair));
  try {
    return new Map(pairs.flatMap((found) => (found ? [[found[1], decodeURIComponent(found[2])]] : [])));
  } catch {
    return new Map(); // cut in the middle of a sign
  }
}

/**
 * Read what a fragment says of this plate; null where it is of another one.
 *
 * @param {string} plate
 * @param {string} hash
 */
export function parameters(plate, hash) {
  return decode(plate, hash);
}

/**
 * Put the settings of a link into the form.
 *
 * @param {ReadonlyMap<string, string>} query
 * @param {SettingsForm} form
 * @returns {{ frame: number | null, kept: Map<string, string>[], ignored: string[], fixed: string[] }} the frame
 *   that the link leads to, in what each kept run differs, the names that made no sense, and those whose values
 *   hold for the plate whatever the link says
 */
export function restore(query, form) {
  form.empty();
  const settings = [...query].filter(([name]) => name !== FRAME && name !== KEPT);
  const refused = settings.filter(([name, text]) => !form.accept(name, text)).map(([name]) => name);
  const fixed = refused.filter((name) => form.controls.get(name)?.fixed);
  const ignored = refused.filter((name) => !fixed.includes(name));
  const asked = query.get(FRAME);
  const frame = asked === undefined ? null : frameNumber(asked, Number(form.text("steps")));
  if (asked !== undefined && frame === null) ignored.push(FRAME);
  return { frame, kept: readKept(query.get(KEPT) ?? ""), ignored, fixed };
}

/**
 * @param {string} text
 * @param {number} steps
 */
function frameNumber(text, steps) {
  const frame = Number(text);
  return Number.isInteger(frame) && frame >= 0 && frame <= steps ? frame : null;
}

/**
 * Copy a text; pages served without TLS to other machines have no clipboard of their own.
 *
 * @param {string} text
 * @returns {Promise<boolean>} it is copied
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    if (before instanceof HTMLElement) before.focus();
    return isCopied;
  }
}
