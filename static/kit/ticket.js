/**
 * A ticket, with which a browser without a cookie is a learner of its own from its first run on. It is asked for
 * when a page with a player has loaded, so that no run waits for it.
 */

import { at } from "./site.js";

const FRESH_MS = 9 * 60 * 1000; // a ticket lasts ten minutes

let isKnown = false; // a run was taken, and with it came the cookie
let askedAt = performance.now();
let asked = ask();

/** @returns {Promise<string | null>} null for who has a cookie, and where there is none to be had */
async function ask() {
  try {
    const response = await fetch(at("/api/ticket"), { cache: "no-store" });
    const { ticket = null } = response.ok ? await response.json() : {};
    return ticket;
  } catch {
    return null; // the request for the run will say that the server cannot be reached
  }
}

/**
 * The header that a request for a run carries.
 *
 * @returns {Promise<Record<string, string>>}
 */
export async function ticketHeader() {
  if (isKnown) return {};
  if (performance.now() - askedAt > FRESH_MS) {
    askedAt = performance.now();
    asked = ask();
  }
  const ticket = await asked;
  return ticket ? { "X-Ticket": ticket } : {};
}

/** A run was taken: from now on the cookie says who this is. */
export function noTicketNeeded() {
  isKnown = true;
}
