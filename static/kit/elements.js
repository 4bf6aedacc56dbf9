/**
 * Elements of a page, looked up with their type. A script fails at the lookup, with the selector in the
 * message, and not later at a property of null.
 */

/**
 * @template {Element} T
 * @typedef {{ new (): T, readonly name: string }} Kind  a class of elements, such as HTMLButtonElement
 */

/**
 * Return the first element that matches.
 *
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {Kind<T>} kind
 * @returns {T}
 * @throws {TypeError} none matches, or the first one is of another class
 */
export function find(root, selector, kind) {
  const found = findOptional(root, selector, kind);
  if (!found) throw new TypeError(`no element matches ${selector}; expected one of ${kind.name}`);
  return found;
}

/**
 * Return the first element that matches, or null where there is none.
 *
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {Kind<T>} kind
 * @returns {T | null}
 * @throws {TypeError} the first match is of another class
 */
export function findOptional(root, selector, kind) {
  const found = root.querySelector(selector);
  if (found && !(found instanceof kind)) {
    throw new TypeError(`${selector} matches a <${found.localName}>; expected one of ${kind.name}`);
  }
  return found;
}

/**
 * Return all elements of the class that match, in the order of the page.
 *
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {Kind<T>} kind
 * @returns {T[]}
 */
export function findAll(root, selector, kind) {
  return [...root.querySelectorAll(selector)].filter(/** @returns {found is T} */ (found) => found instanceof kind);
}
