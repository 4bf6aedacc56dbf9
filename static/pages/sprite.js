/** The sprite of a recorded run: one image with a row for each frame and a column for each picture. */

/**
 * @typedef {object} Sprite
 * @property {HTMLImageElement} image
 * @property {number} frames
 * @property {number} columns
 * @property {number} width of one picture
 * @property {number} height of one picture
 */

/**
 * Load the sprite that an element describes in its attributes.
 *
 * @param {Element} element
 * @returns {Promise<Sprite>}
 */
export async function loadSprite(element) {
  const image = new Image();
  image.src = element.getAttribute("src") ?? "";
  await image.decode();
  const number = (/** @type {string} */ name) => Number(element.getAttribute(name));
  return {
    image,
    frames: number("frames"),
    columns: number("columns"),
    width: number("width"),
    height: number("height"),
  };
}

/**
 * Draw pictures of one frame side by side, in rows.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Sprite} sprite
 * @param {number} frame
 * @param {number[]} pictures
 * @param {number} across pictures a row
 */
export function drawFrame(canvas, { image, width, height }, frame, pictures, across) {
  const down = Math.ceil(pictures.length / across);
  if (canvas.width !== across * width || canvas.height !== down * height) {
    canvas.width = across * width;
    canvas.height = down * height;
  }
  const context = canvas.getContext("2d");
  pictures.forEach((picture, index) => {
    const [x, y] = [(index % across) * width, Math.floor(index / across) * height];
    context?.drawImage(image, picture * width, frame * height, width, height, x, y, width, height);
  });
}
