// Keys of the player. Where a key already means something (typing, a list, a button's space) it is left alone.

const MOVES = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last", " ": "play" };

export function moveFor(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return null;
  const move = MOVES[event.key];
  if (!move) return null;
  const target = event.target;
  if (target.matches("input[type=range]")) return move;
  if (target.closest("input, select, textarea, summary, a, pre, [contenteditable]")) return null;
  if (move === "play" && target.closest("button")) return null;
  return move;
}
