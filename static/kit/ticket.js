/** A ticket, with which a browser without a cookie is a learner of its own from its first run on. */

let isKnown = false; // a run was taken, and with it came the cookie

/**
 * The header that a request for a run carries; none for who has a cookie, and where no ticket is to be had.
 *
 * @returns {Promise<Record<string, string>>}
 */
export async function ticketHeader() {
  if (isKnown) return {};
  try {
    const response = await fetch("/api/ticket", { cache: "no-store" });
    const { ticket = null } = response.ok ? await response.json() : {};
    return ticket ? { "X-Ticket": ticket } : {};
  } catch {
    return {}; // the request itself will say that the server cannot be reached
  }
}

/** A run was taken: from now on the cookie says who this is. */
export function noTicketNeeded() {
  isKnown = true;
}
