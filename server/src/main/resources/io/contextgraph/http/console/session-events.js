// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The events of a session, page by page, by time; the first page is shown while the others come. */

import {ask} from './api.js';
import {model} from './session-model.js';

const PAGE = 1_000;

/** So many are read without being asked for again. */
const AT_ONCE = 100_000;

const TOGETHER_MILLIS = 250;

export class SessionEvents {
  events = [];
  model = model([]);
  /** `loading`, `more` (until somebody asks), `complete` or `failed`. */
  state = 'loading';
  failure = undefined;
  /** What the server says of events that it does not have any more. */
  pruned = undefined;
  /** What the answers cover, where not all. */
  covers = undefined;
  #id;
  #changed;
  #cursor = undefined;
  #isLoading = false;
  #modelled = 0;
  #until = AT_ONCE;
  #soon = undefined;
  /** Ids of those that came live. */
  #added = new Set();
  #abort = new AbortController();

  /** @param changed is called whenever there is more */
  constructor(id, changed) {
    this.#id = id;
    this.#changed = changed;
  }

  async load() {
    if (this.#isLoading) {
      return;
    }
    this.#isLoading = true;
    this.state = 'loading';
    this.#changed();
    try {
      do {
        const limit = this.events.length === 0 ? 200 : PAGE;
        const page = await ask(['v1', 'events'], {
          query: {session_id: this.#id, limit, cursor: this.#cursor},
          signal: this.#abort.signal,
        });
        for (const event of page.events) {
          this.events.push(event);
        }
        this.pruned = page.meta.pruned_before;
        this.covers = page.meta.covers;
        this.#cursor = page.pagination.cursor ?? undefined;
        this.state = !page.pagination.has_more ? 'complete' : this.events.length >= this.#until ? 'more' : 'loading';
        this.#tell();
      } while (this.state === 'loading');
      this.#isLoading = false;
    } catch (failure) {
      this.#isLoading = false;
      if (!this.#abort.signal.aborted) {
        this.state = 'failed';
        this.failure = failure;
        this.#remodel();
        this.#changed();
      }
    }
  }

  /** Goes on where it stopped, or failed. */
  more() {
    this.#until = this.events.length + AT_ONCE;
    this.load();
  }

  /** An event that has come meanwhile; one that is known changes nothing. */
  add(event) {
    if (this.model.places.has(event.event_id) || this.#added.has(event.event_id)) {
      return;
    }
    this.#added.add(event.event_id);
    let at = this.events.length;
    while (at > 0 && this.events[at - 1].occurred_at > event.occurred_at) {
      at--;
    }
    this.events.splice(at, 0, event);
    // Many may come at once.
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#remodel();
      this.#changed();
    }, TOGETHER_MILLIS);
  }

  stop() {
    clearTimeout(this.#soon);
    this.#abort.abort();
  }

  /** What events are to each other is found anew when there are half as many again: not with each page. */
  #tell() {
    if (this.state !== 'loading' || this.#modelled === 0 || this.events.length >= this.#modelled * 1.5) {
      this.#remodel();
      this.#changed();
    }
  }

  #remodel() {
    this.#modelled = this.events.length;
    this.model = model(this.events.slice());
  }
}
