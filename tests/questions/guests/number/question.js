// The arrow-free way to a number: "n" brings the focus to the field.

document.addEventListener("answer-key", (event) => {
  const field = event.target.querySelector("[data-number]");
  if (!field || event.detail !== "n") return;
  field.focus();
  event.preventDefault();
});
