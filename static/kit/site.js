/** Where the site's addresses lie: a server may serve it below a path, which its pages name. */

const root = document.documentElement.dataset.root ?? "";

/**
 * Gives the address of a path of this site.
 *
 * @param {string} path from the site's own root on, as `/api/models`
 */
export function at(path) {
  return root + path;
}
