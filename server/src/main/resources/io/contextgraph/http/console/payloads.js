// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Payloads of events, asked for many at a time, and kept. */

import {ask} from './api.js';

const AT_ONCE = 200;

export class Payloads {
  /** By id: the payload; null where the event has brought none; an Error where it could not be read. */
  #known = new Map();
  #wanted = new Set();
  #isAsking = false;
  #changed;
  #abort = new AbortController();

  /** @param changed is called with the ids of those that have come */
  constructor(changed) {
    this.#changed = changed;
  }

  /** The payload; undefined as long as it has not come. */
  of(id) {
    return this.#known.get(id);
  }

  /** Asks for those that are not there yet. */
  want(ids) {
    for (const id of ids) {
      if (!this.#known.has(id)) {
        this.#wanted.add(id);
      }
    }
    if (!this.#isAsking && this.#wanted.size > 0) {
      this.#isAsking = true;
      // Those that the rest of the page is about to want come along.
      queueMicrotask(() => this.#work());
    }
  }

  /** How many are yet to come. */
  get waiting() {
    return this.#wanted.size;
  }

  stop() {
    this.#abort.abort();
  }

  async #work() {
    while (this.#wanted.size > 0 && !this.#abort.signal.aborted) {
      const ids = [...this.#wanted].slice(0, AT_ONCE);
      let looked = ids;
      try {
        const answer = await ask(['v1', 'events', 'payloads'], {method: 'POST', body: {ids}, signal: this.#abort.signal});
        looked = ids.slice(0, answer.looked_at);
        looked.forEach((id) => this.#known.set(id, null));
        answer.payloads.forEach((one) => this.#known.set(one.event_id, one.payload ?? null));
      } catch (failure) {
        if (this.#abort.signal.aborted) {
          return;
        }
        ids.forEach((id) => this.#known.set(id, failure));
      }
      looked.forEach((id) => this.#wanted.delete(id));
      this.#changed(looked);
    }
    this.#isAsking = false;
  }
}
