// Options by single keys: A-E or 1-5 choose. practice.js says which question a key is for.

document.addEventListener("answer-key", (event) => {
  const inputs = event.target.querySelectorAll("[data-choice] input[name=option]");
  const letter = "abcde".indexOf(event.detail.toLowerCase());
  const input = inputs[letter >= 0 ? letter : "12345".indexOf(event.detail)];
  if (!input) return;
  input.checked = input.type === "radio" || !input.checked;
  input.focus();
  event.preventDefault();
});
