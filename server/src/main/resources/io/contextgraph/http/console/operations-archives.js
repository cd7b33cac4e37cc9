// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The segments of the archive: read back, tried out, brought back. */

import {html, nothing} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {actButton} from './acts.js';
import {ask, Refusal} from './api.js';
import {Asking} from './asking.js';
import {bytes, count, counted, moment} from './format.js';
import {jsonView} from './json.js';
import {empty, standing} from './parts.js';
import {BEGUN} from './operations-work.js';
import {faults} from './results.js';
import {shown} from './text.js';

const PATH = ['v1', 'admin', 'archives'];
const AT_ONCE = 50;

export class ArchivesPart {
  #page;
  #archives;
  #most = AT_ONCE;
  /** By segment, the manifests that somebody has looked at. */
  #manifests = new Map();

  constructor(page) {
    this.#page = page;
    this.#archives = new Asking(page.changed);
  }

  ask() {
    return this.#archives.start((signal) => ask(PATH, {query: {partition: this.#page.partition}, signal}));
  }

  view() {
    const found = this.#archives.value;
    if (this.#archives.failure instanceof Refusal && this.#archives.failure.code === 'no_archive') {
      return empty('Events are not archived.');
    }
    return html`${standing(this.#archives, 'the archive', () => this.ask())}
      ${found ? html`
        ${found.faults.length ? html`<p class="fault">${counted(found.faults.length, 'fault')}</p>${faults(found.faults)}` : nothing}
        ${found.leftovers ? html`<p class="dim">${counted(found.leftovers, 'file')} of no segment: being written, or left behind.</p>` : nothing}
        ${found.segments.length === 0 ? empty('There is no segment yet.') : this.#segments(found.segments.toReversed())}` : nothing}`;
  }

  #segments(all) {
    return html`<ul class="plain">${repeat(all.slice(0, this.#most), (one) => one.segment, (one) => html`<li class="entry">
        <bdi class="id">${shown(one.segment)}</bdi> <span class="dim">${counted(one.counts.events, 'event')}, ${bytes(one.counts.packed_bytes)}, numbers
          ${count(one.first.seq)} to ${count(one.last.seq)}, recorded up to ${moment(one.last.recorded_at)}, written ${moment(one.written_at)}</span>
        <p class="choices">${this.#act(one.segment, 'verify', 'Verify', 'The segment is read back and compared with its manifest.')}
          ${this.#act(one.segment, 'restore', 'Try a restore', 'The segment is read, and only what would come back is told. Nothing is changed.', {dry_run: true})}
          ${this.#act(one.segment, 'restore', 'Restore', 'The events of the segment come back into the ledger that they have left. For 7 days the ceiling leaves them alone.')}</p>
        ${this.#manifest(one.segment)}</li>`)}</ul>
      ${all.length > this.#most ? html`<p><button type="button" @click=${() => {
        this.#most += AT_ONCE;
        this.#page.changed();
      }}>Show more of ${count(all.length)}</button></p>` : nothing}`;
  }

  #act(segment, what, title, says, query) {
    return actButton({title, says: html`<bdi class="id">${shown(segment)}</bdi>: ${says}`,
      act: () => ask([...PATH, segment, what], {method: 'POST', query: {...query, partition: this.#page.partition}}), done: () => this.#page.did(BEGUN)});
  }

  #manifest(segment) {
    const asking = this.#manifests.get(segment);
    return html`<details class="folded" @toggle=${(event) => event.currentTarget.open && this.#look(segment)}><summary>Manifest</summary>
      <div class="folded-inside">${asking ? html`${standing(asking, 'the manifest', () => this.#look(segment))}
        ${asking.value ? jsonView(asking.value) : nothing}` : nothing}</div></details>`;
  }

  #look(segment) {
    if (!this.#manifests.get(segment)?.value) {
      const asking = new Asking(this.#page.changed);
      this.#manifests.set(segment, asking);
      asking.start((signal) => ask([...PATH, segment], {query: {partition: this.#page.partition}, signal}));
    }
  }

  stop() {
    [this.#archives, ...this.#manifests.values()].forEach((asking) => asking.stop());
  }
}
