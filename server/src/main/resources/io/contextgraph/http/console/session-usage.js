// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What the calls of models in a session have used, where their payloads say so; each call once. */

import {count} from './format.js';
import {isSealed, says} from './says.js';

/** Of more calls nobody has asked what they used: to read all their payloads would take long. */
const MOST_CALLS = 2_000;

export class SessionUsage {
  /** In words; undefined where nothing is known. */
  sums = undefined;
  #page;

  constructor(page) {
    this.#page = page;
  }

  eventsCame() {
    if (this.#page.store.state === 'complete') {
      this.#page.payloads.want(this.#calls().map((at) => this.#page.model.events[at].event_id));
      this.payloadsCame();
    }
  }

  #calls() {
    const {model} = this.#page;
    const calls = [];
    for (let at = 0; at < model.events.length && calls.length < MOST_CALLS; at++) {
      if (model.events[at].event_type.startsWith('llm.') && !model.isWrapper(at)) {
        calls.push(at);
      }
    }
    return calls;
  }

  payloadsCame() {
    if (this.#page.store.state !== 'complete') {
      return;
    }
    const sums = {input: 0, output: 0, cost: 0, calls: 0};
    const calls = this.#calls();
    for (const at of calls) {
      const payload = this.#page.payloads.of(this.#page.model.events[at].event_id);
      if (payload && !(payload instanceof Error) && !isSealed(payload)) {
        const usage = says(payload).usage;
        if (usage) {
          sums.calls++;
          sums.input += usage.input ?? 0;
          sums.output += usage.output ?? 0;
          sums.cost += usage.cost ?? 0;
        }
      }
    }
    const of = `${count(sums.calls)} of ${calls.length === MOST_CALLS ? 'the first ' : ''}${count(calls.length)} model calls`;
    this.sums = sums.calls === 0 ? undefined
        : `${count(sums.input)} tokens in, ${count(sums.output)} out${sums.cost > 0 ? ', cost ' + sums.cost.toFixed(4) : ''} (${of})`;
  }
}
