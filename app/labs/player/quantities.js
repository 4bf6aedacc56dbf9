/** Names of the quantities of a step in a line of text, marked as in the panes and in the code. */

const NAMES = /\b(x_t|x0_hat|eps_hat)\b/;

/**
 * Write a line whose names of quantities are marked.
 *
 * @param {HTMLElement} place
 * @param {string} text
 */
export function writeMarked(place, text) {
  const parts = text.split(NAMES); // every second part is a name
  place.replaceChildren(
    ...parts.map((part, index) => {
      if (index % 2 === 0) return part;
      const name = document.createElement("span");
      name.className = `of-${part}`;
      name.textContent = part;
      return name;
    }),
  );
}
