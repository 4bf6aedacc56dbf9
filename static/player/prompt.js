// The fields of prompts: what the model does not know is named while one types, and its words can be pressed.

const SHOWN_WORDS = 12;
const SHOWN_LETTERS = 40;

export class PromptFields {
  // `say` is told what was done to the prompt, for those who cannot see it.
  constructor(element, vocabulary, say) {
    this.vocabulary = vocabulary;
    this.say = say;
    this.prompt = element.querySelector("[name=prompt]");
    this.form = this.prompt.form;
    this.marks = [...element.querySelectorAll("[data-unknown]")].map((line) => ({
      line,
      field: this.form.elements.namedItem(line.dataset.unknown),
    }));
    for (const { field } of this.marks) {
      field.addEventListener("blur", () => this.mark());
      field.addEventListener("focus", () => this.mark());
    }
    this.prompt.addEventListener("keydown", (event) => this.onKey(event));
    for (const place of element.querySelectorAll("[data-word]")) this.makeButton(place);
    element.querySelector("[data-role=words-use]").hidden = false;
    this.mark();
  }

  // A prompt is one line, though it may be shown on several: Enter starts the run.
  onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  makeButton(place) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "word";
    button.textContent = place.dataset.word;
    button.addEventListener("click", () => this.add(place.dataset.word));
    place.replaceChildren(button);
  }

  add(word) {
    const text = `${this.prompt.value.trimEnd()} ${word}`.trimStart();
    if (text.length > this.prompt.maxLength) return;
    this.prompt.value = text;
    this.say(`Added to the prompt: ${word}.`);
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Say below each field what the model leaves out of it.
  mark() {
    for (const { line, field } of this.marks) {
      const reading = this.vocabulary.read(field.value);
      const unknown = reading.unknown.filter((piece) => !this.isUnderWay(field, piece));
      const key = JSON.stringify([unknown, reading.unread]);
      if (line.dataset.key === key) continue; // a line that is written again is read out again
      line.dataset.key = key;
      line.replaceChildren(...this.leftOut(unknown), this.leftOff(reading.unread));
    }
  }

  // Being typed just now, and perhaps the beginning of a word that the model knows.
  isUnderWay(field, piece) {
    if (document.activeElement !== field || field.selectionEnd !== field.value.length) return false;
    return field.value.toLowerCase().endsWith(piece) && this.vocabulary.begins(piece);
  }

  leftOut(unknown) {
    if (!unknown.length) return [];
    const parts = ["Not in its vocabulary, and left out: "];
    for (const [index, piece] of unknown.slice(0, SHOWN_WORDS).entries()) {
      const word = document.createElement("bdi");
      word.textContent = visible(piece);
      parts.push(index ? ", " : "", word);
    }
    return [...parts, unknown.length > SHOWN_WORDS ? ` and ${unknown.length - SHOWN_WORDS} more. ` : ". "];
  }

  leftOff(unread) {
    return unread ? `It reads ${this.vocabulary.maxWords} words; ${unread} more are left off.` : "";
  }
}

// Shorten a long word; name the signs of one that would not show.
function visible(piece) {
  const letters = /^\p{C}+$/u.test(piece) ? [[...piece].map(codePoint).join(" ")] : [...piece];
  return letters.length > SHOWN_LETTERS ? `${letters.slice(0, SHOWN_LETTERS - 1).join("")}…` : letters.join("");
}

function codePoint(letter) {
  return `U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

// Write the server's notes on a run; words that they quote keep their direction of writing to themselves.
export function showNotes(list, notes) {
  list.hidden = notes.length === 0;
  list.replaceChildren(
    ...notes.map((note) => {
      const item = document.createElement("li");
      for (const [index, piece] of note.split(/“([^”]*)”/u).entries()) {
        if (index % 2 === 0) {
          item.append(piece);
          continue;
        }
        const word = document.createElement("bdi");
        word.textContent = piece;
        item.append("“", word, "”");
      }
      return item;
    }),
  );
}
