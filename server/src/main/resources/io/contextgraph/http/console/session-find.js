// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Finds a text in the events of a session: in their names and in their payloads, which are asked for when something is sought. */

import {count} from './format.js';
import {searchable} from './says.js';

const FIELDS = ['event_type', 'tool_name', 'agent_id', 'status', 'event_id', 'trace_id', 'payload_ref'];
const PAUSE_MILLIS = 150;

export class SessionFind {
  /** Places of the events that have the text, by time. */
  matches = [];
  #set = new Set();
  #page;
  #changed;
  #text = '';
  #timer = undefined;
  /** What is searched of a payload, by id. */
  #texts = new Map();

  constructor(page, changed) {
    this.#page = page;
    this.#changed = changed;
  }

  /** Looks for a text, once nothing more is typed. */
  look(text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#text = text.trim().toLowerCase();
      if (this.#text) {
        this.#page.payloads.want(this.#page.model.events.map((event) => event.event_id));
      }
      this.#all();
    }, PAUSE_MILLIS);
  }

  has(at) {
    return this.#set.has(at);
  }

  get told() {
    if (!this.#text) {
      return '';
    }
    const waiting = this.#page.payloads.waiting;
    const found = `${count(this.matches.length)} found`;
    return waiting > 0 ? `${found}, ${count(waiting)} payloads to come` : found;
  }

  /** Places have moved. */
  eventsCame() {
    if (this.#text) {
      this.#page.payloads.want(this.#page.model.events.map((event) => event.event_id));
      this.#all();
    }
  }

  payloadsCame(ids) {
    if (!this.#text) {
      return;
    }
    let isMore = false;
    for (const id of ids) {
      const at = this.#page.model.places.get(id);
      if (at !== undefined && !this.#set.has(at) && this.#isMatch(at)) {
        this.#set.add(at);
        isMore = true;
      }
    }
    if (isMore) {
      this.matches = [...this.#set].sort((a, b) => a - b);
    }
    this.#changed();
  }

  #all() {
    this.matches = [];
    if (this.#text) {
      this.#page.model.events.forEach((_, at) => {
        if (this.#isMatch(at)) {
          this.matches.push(at);
        }
      });
    }
    this.#set = new Set(this.matches);
    this.#changed();
  }

  #isMatch(at) {
    const event = this.#page.model.events[at];
    return FIELDS.some((field) => event[field]?.toLowerCase().includes(this.#text))
        || this.#payload(event.event_id).includes(this.#text);
  }

  #payload(id) {
    const known = this.#texts.get(id);
    if (known !== undefined) {
      return known;
    }
    const payload = this.#page.payloads.of(id);
    if (payload === undefined || payload instanceof Error) {
      return '';
    }
    const text = searchable(payload);
    this.#texts.set(id, text);
    return text;
  }
}
