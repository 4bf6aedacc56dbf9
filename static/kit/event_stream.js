/**
 * A stream of server-sent events that survives lost connections. It closes while the page is hidden and goes on
 * after the last event that arrived. It ends only with an event that says so; an end without one is a lost
 * connection, and after too many of those in a row the stream is given up.
 */

import { onVisibility } from "./visibility.js";

const DELAYS_MS = [500, 1000, 2000, 4000];

/** @typedef {Readonly<Record<string, (data: string) => void>>} Handlers  by the name of the event */

/**
 * @typedef {object} StreamOptions
 * @property {Handlers} on for events after which more may come
 * @property {Handlers} endsOn for events that end the stream; called once it is closed
 * @property {() => void} [onBroken] called when a connection is lost and another one is tried
 * @property {() => void} [onLost] called when the stream is given up
 * @property {string} [resumeField] field of the query that a new connection puts the last event's id into
 * @property {string} [lastId] id of the event to go on after
 * @property {readonly number[]} [delaysMs] waits before each try once the browser itself has given up; as many
 *   connections may be lost in a row
 */

export class EventStream {
  /**
   * @param {string | URL} address
   * @param {StreamOptions} options
   */
  constructor(address, { on, endsOn, onBroken, onLost, resumeField = "after", lastId = "", delaysMs = DELAYS_MS }) {
    this.address = new URL(address, location.href);
    this.on = on;
    this.endsOn = endsOn;
    this.onBroken = onBroken ?? (() => {});
    this.onLost = onLost ?? (() => {});
    this.resumeField = resumeField;
    this.delaysMs = delaysMs;
    this.lastId = lastId; // of the last event that had one
    this.failures = 0; // since the last event
    this.timer = 0;
    /** @type {EventSource | null} */
    this.source = null;
    this.closed = new AbortController();
    onVisibility((isHidden) => (isHidden ? this.disconnect() : this.connect()), this.closed.signal);
    if (!document.hidden) this.connect();
  }

  get isOver() {
    return this.closed.signal.aborted;
  }

  connect() {
    if (this.source || this.isOver) return;
    clearTimeout(this.timer);
    const address = new URL(this.address);
    if (this.lastId) address.searchParams.set(this.resumeField, this.lastId);
    const source = new EventSource(address);
    this.source = source;
    for (const [name, handle] of Object.entries(this.on)) {
      source.addEventListener(name, (event) => {
        this.failures = 0;
        if (event.lastEventId) this.lastId = event.lastEventId;
        handle(event.data);
      });
    }
    for (const [name, handle] of Object.entries(this.endsOn)) {
      source.addEventListener(name, (event) => {
        this.close();
        handle(event.data);
      });
    }
    source.onerror = () => this.connectionLost(source);
  }

  /** @param {EventSource} source */
  connectionLost(source) {
    if (this.isOver || source !== this.source) return;
    this.failures += 1;
    if (this.failures > this.delaysMs.length) {
      this.close();
      this.onLost();
      return;
    }
    this.onBroken();
    if (source.readyState === EventSource.CLOSED) {
      this.disconnect();
      this.timer = setTimeout(() => this.connect(), this.delaysMs[this.failures - 1]);
    }
  }

  disconnect() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  close() {
    this.closed.abort();
    this.disconnect();
  }
}
