/**
 * The fields of prompts: words that do not count are named while one types, and the model's words are buttons
 * that add themselves. The sentences are those of app/prompt_notes.py, in short.
 */

import { find, findAll, findOptional } from "../../kit/elements.js";

/** @import { Reading, Vocabulary } from "./vocabulary.js" */

/** @typedef {HTMLInputElement | HTMLTextAreaElement} TextField */

const SHOWN_WORDS = 12;
const SHOWN_LETTERS = 40;
const JOINER = "\u200d"; // within an emoji it belongs to it, and is never seen itself

export class PromptFields {
  /**
   * @param {HTMLElement} element
   * @param {Vocabulary} vocabulary
   * @param {(text: string) => void} announce says what was done to the prompt, for those who cannot see it
   */
  constructor(element, vocabulary, announce) {
    this.vocabulary = vocabulary;
    this.announce = announce;
    this.form = find(element, "form", HTMLFormElement);
    const prompt = find(this.form, "[name=prompt]", HTMLElement);
    this.prompt = /** @type {TextField} */ (prompt);
    this.marks = findAll(element, "[data-marks]", HTMLElement).map((line) => ({
      line,
      field: /** @type {TextField} */ (find(this.form, `[name=${line.dataset.marks}]`, HTMLElement)),
    }));
    for (const { field } of this.marks) {
      field.addEventListener("blur", () => this.mark());
      field.addEventListener("focus", () => this.mark());
    }
    prompt.addEventListener("keydown", (event) => this.onKey(event));
    for (const place of findAll(element, "[data-word]", HTMLElement)) this.makeButton(place);
    const use = findOptional(element, "[data-role=words-use]", HTMLElement); // none where the prompt is fixed
    if (use) use.hidden = false;
    this.mark();
  }

  /**
   * A prompt is one line, though it may be shown on several: Enter starts the run.
   *
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!event.repeat) this.form.requestSubmit();
  }

  /** @param {HTMLElement} place  of a word */
  makeButton(place) {
    const word = place.dataset.word ?? "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "word";
    button.textContent = word;
    button.addEventListener("click", () => this.add(word));
    place.replaceChildren(button);
  }

  /** @param {string} word */
  add(word) {
    const text = `${this.prompt.value.trimEnd()} ${word}`.trimStart();
    if (text.length > this.prompt.maxLength) {
      this.announce("The prompt is full.");
      return;
    }
    this.prompt.value = text;
    this.announce(`Added to the prompt: ${word}.`);
    this.prompt.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Say below each field what the model leaves out of it, and which of its words go ill together. */
  mark() {
    for (const { line, field } of this.marks) {
      const reading = this.vocabulary.read(this.settled(field));
      const said = this.sentences(reading);
      const key = said.join(" ");
      if (line.dataset.key === key) continue; // a line that is written again is read out again
      line.dataset.key = key;
      line.replaceChildren(...said.flatMap((text, index) => [index ? " " : "", sentence(text)]));
      if (reading.unknown.length) find(line, "span", HTMLElement).className = "left-out";
    }
  }

  /** @param {Reading} reading */
  sentences({ unknown, unread, contradictions, competing }) {
    const said = [];
    if (unknown.length) said.push(`Not in the model's vocabulary, and left out: ${quoted(unknown)}.`);
    if (unread) {
      const last = unread === 1 ? "the last one is" : `the last ${unread} are`;
      said.push(`Longer than the ${this.vocabulary.maxWords} words that the model reads: ${last} left off.`);
    }
    for (const words of contradictions) {
      said.push(`${quoted(words, "and")} contradict ${words.length === 2 ? "each other" : "one another"}.`);
    }
    for (const words of competing) {
      said.push(`${quoted(words, "and")} compete: this model paints only one of a kind.`);
    }
    return said;
  }

  /**
   * What stands in a field, but for a last word that is being typed and may become another.
   *
   * @param {TextField} field
   */
  settled(field) {
    const text = field.value;
    if (document.activeElement !== field || field.selectionEnd !== text.length) return text;
    const begun = /[\p{L}\p{N}'’]*$/u.exec(text)?.[0];
    return begun && this.vocabulary.begins(begun) ? text.slice(0, -begun.length) : text;
  }
}

/**
 * List words in quotation marks, the first few of them.
 *
 * @param {string[]} words
 * @param {string} [joinedBy]
 */
function quoted(words, joinedBy = "") {
  const shown = words.slice(0, SHOWN_WORDS).map((word) => `“${visible(word)}”`);
  if (words.length > SHOWN_WORDS) return `${shown.join(", ")} and ${words.length - SHOWN_WORDS} more`;
  if (!joinedBy || shown.length < 2) return shown.join(", ");
  return `${shown.slice(0, -1).join(", ")} ${joinedBy} ${shown.at(-1)}`;
}

/**
 * Name each sign that would not show by its number; shorten what is long then.
 *
 * @param {string} piece
 */
function visible(piece) {
  const signs = [...piece];
  const isHidden = (/** @type {string} */ sign, /** @type {number} */ index) =>
    /\p{C}/u.test(sign) && (sign !== JOINER || index === 0 || index === signs.length - 1);
  const named = signs.map((sign, index) => (isHidden(sign, index) ? ` ${codePoint(sign)} ` : sign));
  const letters = [...named.join("").trim().replaceAll("  ", " ")];
  return letters.length > SHOWN_LETTERS ? `${letters.slice(0, SHOWN_LETTERS - 1).join("")}…` : letters.join("");
}

/** @param {string} letter */
function codePoint(letter) {
  return `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/**
 * Write the server's notes on a run.
 *
 * @param {HTMLElement} list
 * @param {string[]} notes
 */
export function showNotes(list, notes) {
  list.hidden = notes.length === 0;
  list.replaceChildren(...notes.map((note) => sentence(note, "li")));
}

/**
 * A sentence whose quoted words keep their direction of writing to themselves.
 *
 * @param {string} text
 * @param {"span" | "li"} [tag]
 */
function sentence(text, tag = "span") {
  const element = document.createElement(tag);
  for (const [index, piece] of text.split(/“([^”]*)”/u).entries()) {
    if (index % 2 === 0) {
      element.append(piece);
      continue;
    }
    const word = document.createElement("bdi");
    word.textContent = piece;
    element.append("“", word, "”");
  }
  return element;
}
