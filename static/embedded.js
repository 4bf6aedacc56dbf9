/**
 * In a frame of another site's page: lets each request say so, since browsers say it of navigations alone, and shows
 * what that means for what is kept. It is a part of the pages of a server that allows frames, and loads before what
 * asks for anything.
 */

if (window.top !== window.self) {
  const plain = window.fetch;
  window.fetch = (what, how = {}) => {
    const headers = new Headers(how.headers ?? (what instanceof Request ? what.headers : {}));
    headers.set("X-Embedded", "1");
    return plain(what, { ...how, headers });
  };
  if (location.protocol !== "https:") {
    for (const note of document.querySelectorAll(".embedded-note")) {
      note.querySelector("a")?.setAttribute("href", location.href);
      note.removeAttribute("hidden");
    }
  }
}
