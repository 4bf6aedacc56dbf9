// The exact state of a player, settings and frame, in the address after the #.

import { FIELDS } from "./settings.js";

const LONGEST = 2000; // letters; some programs that people send links with cut longer ones

// The fragment that leads back to this frame of a run with these settings, or null where it would be too long.
export function fragment(plate, settings, frame) {
  const query = new URLSearchParams();
  for (const name of FIELDS) if (settings[name] !== undefined) query.set(name, settings[name]);
  if (frame !== null) query.set("frame", frame);
  const hash = `#${plate}?${query}`;
  return hash.length <= LONGEST ? hash : null;
}

// The parameters of a fragment that is meant for this plate, or null.
export function parameters(plate, hash) {
  const start = `#${plate}?`;
  return hash.startsWith(start) && hash.length <= LONGEST ? new URLSearchParams(hash.slice(start.length)) : null;
}

// Put the parameters into the form. Returns the frame asked for and the names that made no sense.
export function restore(query, form) {
  const ignored = [];
  form.clearConditions();
  for (const [name, text] of query) {
    if (name === "frame") continue;
    if (!FIELDS.includes(name) || !form.accept(name, text)) ignored.push(name);
  }
  let frame = null;
  if (query.has("frame")) {
    const wanted = Number(query.get("frame"));
    if (Number.isInteger(wanted) && wanted >= 0 && wanted <= form.values().steps) frame = wanted;
    else ignored.push("frame");
  }
  return { frame, ignored: [...new Set(ignored)] };
}

// Copy a text; pages served without TLS to other machines have no clipboard of their own.
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
    before?.focus();
    return isCopied;
  }
}
