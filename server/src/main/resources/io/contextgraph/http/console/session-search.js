// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Finds sessions, page by page. With filters a page may be short, also empty, while there are more. */

import {ask} from './api.js';

const FILTERS = ['prefix', 'agent_id', 'status', 'event_type', 'tool_name', 'from', 'to'];
const PAGE = 100;

/** How many pages are looked through before somebody must ask for more. */
const PAGES_AT_ONCE = 10;

/** How many sessions found are enough for once. */
const ENOUGH = 50;

export class SessionSearch {
  sessions = [];
  isAsking = false;
  isComplete = false;
  failure = undefined;
  /** What the filters were tried on, where not on all events. */
  covers = undefined;
  #changed;
  #cursor = undefined;
  #known = new Set();
  #abort = new AbortController();

  /** The filters that an address names. */
  static filters(query) {
    return Object.fromEntries(FILTERS.filter((name) => query.get(name)).map((name) => [name, query.get(name)]));
  }

  constructor(filters, changed) {
    this.filters = filters;
    this.#changed = changed;
  }

  get isFiltered() {
    return Object.keys(this.filters).length > 0;
  }

  /** Looks further: until enough has been found, or enough has been looked through. */
  async more() {
    if (this.isAsking || this.isComplete) {
      return;
    }
    this.isAsking = true;
    this.failure = undefined;
    this.#changed();
    const enough = this.sessions.length + ENOUGH;
    try {
      for (let pages = 0; pages < PAGES_AT_ONCE && !this.isComplete && this.sessions.length < enough; pages++) {
        await this.#page();
        this.#changed();
      }
    } catch (failure) {
      if (this.#abort.signal.aborted) {
        return;
      }
      this.failure = failure;
    }
    this.isAsking = false;
    this.#changed();
  }

  async #page() {
    const page = await ask(['v1', 'sessions'],
        {query: {...this.filters, limit: PAGE, cursor: this.#cursor}, signal: this.#abort.signal});
    for (const session of page.sessions) {
      // Two rows of one session would not be told apart.
      if (!this.#known.has(session.session_id)) {
        this.#known.add(session.session_id);
        this.sessions.push(session);
      }
    }
    this.covers = page.meta.covers;
    this.#cursor = page.pagination.cursor ?? undefined;
    this.isComplete = !page.pagination.has_more;
  }

  stop() {
    this.#abort.abort();
  }
}
