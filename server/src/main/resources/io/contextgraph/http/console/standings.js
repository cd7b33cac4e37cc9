// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What became of events since they were recorded: whether they are in the streams, in the archive, or erased. */

import {askPartitions, partitionOf} from './partitions.js';
import {Payloads} from './payloads.js';

/** Each word, and what it says. */
export const STANDINGS = {
  erased: 'its payload is erased, with the person whom it was about',
  archived: 'out of the ledger, in the archive',
  hot: 'in the streams',
  cold: 'out of the streams',
};

export class Standings {
  /** Of each partition the number of the last event without an entry in the streams. */
  #trimmed = undefined;
  #payloads;
  #changed;
  #abort = new AbortController();

  /** @param changed is called when more is known */
  constructor(changed) {
    this.#changed = changed;
    this.#payloads = new Payloads(changed);
  }

  /** Asks about nodes of the graph; nobody waits for it. */
  async want(nodes) {
    this.#payloads.want(Array.from(nodes, (node) => node.graph?.event).filter((event) => event?.data_subject_id).map((event) => event.event_id));
    if (this.#trimmed === undefined) {
      try {
        this.#trimmed = (await askPartitions(this.#abort.signal)).map(({trimmed}) => trimmed.seq);
        this.#changed();
      } catch {
        // Then the tiers are not told.
      }
    }
  }

  /** The words for a node, as far as they are known. */
  of(node) {
    const event = node.graph?.event;
    if (node.provenance.archived) {
      return ['archived'];
    }
    const tier = !event || this.#trimmed === undefined ? [] : [event.seq > this.#trimmed[partitionOf(node.provenance.global_position) ?? 0] ? 'hot' : 'cold'];
    return event?.data_subject_id && this.#payloads.of(event.event_id) === null ? ['erased', ...tier] : tier;
  }

  stop() {
    this.#abort.abort();
    this.#payloads.stop();
  }
}
