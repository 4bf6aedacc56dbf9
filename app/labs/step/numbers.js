/** What the server says of one step at one pixel, written into the plate: sums, verdicts, neighbours. */

import { find } from "../../kit/elements.js";
import { figures } from "../../kit/figures.js";
import { ownWords } from "./own_words.js";

/** @typedef {Record<string, any>} Told  by GET /api/runs/ID/steps/K */

const TERMS = ["x_t", "x0_hat", "x0_hat_previous", "noise", "start"];
const MARKED = ["x_t", "x0_hat"];
const FIRST_TITLE = "A first try, from which the model is asked again";

/** @param {number} value */
const four = (value) => figures(value, 4);

export class Numbers {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.root = find(element, "[data-role=numbers]", HTMLElement);
    this.title = find(this.root, "[data-role=title]", HTMLElement);
    this.calls = find(this.root, "[data-role=calls]", HTMLElement);
    this.template = find(this.root, "template[data-role=call]", HTMLTemplateElement);
  }

  /**
   * @param {Told} told
   * @param {{ x: number, y: number, channel: number }} place
   * @returns {string} the same in a sentence, for those who hear the plate
   */
  show(told, { x, y, channel }) {
    const open = [...this.calls.querySelectorAll("details")].map((details) => details.open);
    const where = `Step ${told.step} of ${told.steps}, column ${x}, row ${y}`;
    this.title.textContent = `${where}: from t = ${four(told.t)} to ${four(told.t_next)}.`;
    this.calls.replaceChildren(...told.calls.map((/** @type {Told} */ _call, /** @type {number} */ index) => this.call(told, index, channel, { x, y })));
    [...this.calls.querySelectorAll("details")].forEach((details, index) => (details.open = open[index] ?? false));
    this.root.hidden = false;
    const last = told.calls.at(-1);
    return `${where}: x_next is ${four(last.x_next[channel])}. ${verdict(last, channel)}`;
  }

  hide() {
    this.root.hidden = true;
  }

  /**
   * @param {Told} told
   * @param {number} index
   * @param {number} channel
   * @param {{ x: number, y: number }} place
   */
  call(told, index, channel, place) {
    const call = told.calls[index];
    const part = /** @type {DocumentFragment} */ (this.template.content.cloneNode(true));
    const role = (/** @type {string} */ name) => find(part, `[data-role=${name}]`, HTMLElement);
    const isTry = index < told.calls.length - 1;
    const result = isTry ? "x_try" : "x_next";
    role("row").textContent = `${result} = ${terms(call).map((name) => `${four(call.row[name])}·${name}`).join(" + ").replaceAll("+ −", "− ")}`;
    role("call-title").textContent = told.calls.length === 1 ? "The sum" : isTry ? FIRST_TITLE : "The step, with both answers";
    role("result").textContent = result;
    find(part, "tbody", HTMLElement).replaceChildren(...terms(call).map((name) => row(name, call, channel)));
    role("x_next").textContent = four(call.x_next[channel]);
    const said = role("verdict");
    said.textContent = verdict(call, channel);
    said.classList.toggle("differs", !call.agrees);
    const values = Object.fromEntries(TERMS.map((name) => [name, call[name][channel]]));
    const lines = ownWords(told.sampler, index, /** @type {any} */ ({ ...values, row: call.row }), /** @type {any} */ (told));
    role("own").replaceChildren(...lines.flatMap(([name, formula, value]) => entry(isTry && name === "x_next" ? "x_try" : name, formula, value)));
    role("around").replaceChildren(...["x_t", "x0_hat", "x_next"].map((name) => around(name, isTry && name === "x_next" ? "x_try" : name, call.around, channel, place)));
    return part;
  }
}

/** @param {Told} call */
function terms(call) {
  return TERMS.filter((name) => call.row[name] !== 0);
}

/**
 * @param {Told} call
 * @param {number} channel
 */
function verdict(call, channel) {
  const [ours, logged, rounding] = [call.x_next[channel], call.logged[channel], call.rounding[channel]];
  const off = Math.abs(ours - logged);
  const how = off <= rounding ? "agree to within that" : "differ by more than that";
  return `The run noted ${four(logged)}, in half precision, which rounds by up to ${rounding.toFixed(5)} here: the two ${how}.`;
}

/**
 * @param {string} name
 * @param {Told} call
 * @param {number} channel
 */
function row(name, call, channel) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.append(code(name));
  const [factor, value] = [call.row[name], call[name][channel]];
  line.append(head, ...[factor, value, factor * value].map((number) => cell(four(number))));
  return line;
}

/** @param {string} name */
function code(name) {
  const element = document.createElement("code");
  element.translate = false;
  element.textContent = name;
  if (MARKED.includes(name)) element.className = `of-${name}`;
  return element;
}

/** @param {string} text */
function cell(text) {
  const element = document.createElement("td");
  element.textContent = text;
  return element;
}

/**
 * @param {string} name
 * @param {string} formula
 * @param {number} value
 */
function entry(name, formula, value) {
  const [term, meaning] = [document.createElement("dt"), document.createElement("dd")];
  term.append(code(name), " = ", formula);
  meaning.textContent = `= ${four(value)}`;
  return [term, meaning];
}

/**
 * @param {string} name  of the values
 * @param {string} title
 * @param {Told} values
 * @param {number} channel
 * @param {{ x: number, y: number }} place
 */
function around(name, title, values, channel, { x, y }) {
  const table = document.createElement("table");
  const caption = document.createElement("caption");
  caption.append(code(title));
  const body = document.createElement("tbody");
  values[name].forEach((/** @type {number[][]} */ pixels, /** @type {number} */ down) => {
    const line = document.createElement("tr");
    pixels.forEach((pixel, right) => {
      const number = cell(figures(pixel[channel], 2));
      if (values.left + right === x && values.top + down === y) number.className = "here";
      line.append(number);
    });
    body.append(line);
  });
  table.append(caption, body);
  return table;
}
