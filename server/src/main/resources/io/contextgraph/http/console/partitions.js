// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The partitions of the ledger, each an order of events of its own. Most ledgers have one, of which nothing is said. */

import {html, nothing} from './lit-html/lit-html.js';
import {changed} from './address.js';
import {ask} from './api.js';

/** All of them by their numbers: where each ends, and how far the graph is. */
export async function askPartitions(signal) {
  return (await ask(['v1', 'ledger', 'partitions'], {signal})).partitions;
}

/** Which one a position is of; undefined in a ledger of one. */
export function partitionOf(position) {
  return position?.split('@')[1];
}

/** Where all of them end, as the stream takes a place to begin behind. */
export function ends(partitions) {
  return partitions.map(({ledger_id: ledger, partition, epoch, head}) =>
      [ledger?.slice(0, 8) ?? '-', partition, epoch, head.seq, head.global_position].join(':')).join(',');
}

/** Which one the address of a page says, the first where it says none that there is; undefined where there is only one. */
export function chosen(place, partitions) {
  return partitions.length < 2 ? undefined : partitions[place.query.get('partition') ?? 0]?.partition ?? 0;
}

/** Lets somebody choose one; nothing where there is only one. */
export function choice(place, partitions) {
  const here = chosen(place, partitions);
  return here === undefined ? nothing : html`<nav class="views partitions" aria-label="Partition">Partition ${partitions.map(({partition}) =>
      html`<a href=${changed(place, {partition})} aria-current=${partition === here ? 'true' : nothing}>${partition}</a>`)}</nav>`;
}
