// The frames of one run as they arrive: decoded once, kept in the browser, so that scrubbing asks nobody.

export const PANES = ["x_t", "x0_hat", "eps_hat"];

export function decodePixels(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

// What a frame's event says, with its pictures, and maps of attention if it has any, as bytes.
export function readFrame(data) {
  const frame = JSON.parse(data);
  for (const pane of PANES) frame[pane] = decodePixels(frame[pane]);
  if (frame.attention) frame.attention = decodePixels(frame.attention);
  return frame;
}

export class FrameStore {
  constructor(steps = 0) {
    this.steps = steps;
    this.frames = [];
  }

  // Keep a frame; one that was here already, or that leaves a gap, is dropped.
  add(frame) {
    if (frame.step !== this.frames.length) return false;
    this.frames.push(frame);
    return true;
  }

  get(step) {
    return this.frames[step];
  }

  get received() {
    return this.frames.length;
  }
}
