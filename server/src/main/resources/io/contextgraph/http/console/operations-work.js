// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Long work: what can be begun on the graph, how it goes, and what came of it. */

import {html, nothing} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {actButton} from './acts.js';
import {ask} from './api.js';
import {Asking} from './asking.js';
import {count, duration, moment} from './format.js';
import {empty, standing} from './parts.js';
import {resultView} from './results.js';
import {shown} from './text.js';

const PATH = ['v1', 'admin', 'operations'];

/** Where the result of what has been begun is found. */
export const BEGUN = 'Begun; its result will stand under long work.';

const DEEP = {name: 'deep', text: 'Every property of every event and edge, not only the sums; takes far longer'};

const WORK = [
  ['verify', 'Verify the graph', 'Ledger and graph are compared session by session. Nothing is changed.', [DEEP]],
  ['repair', 'Repair the graph', 'What differs in the graph from the ledger is projected anew, and what the ledger does not know is taken out. The ledger is not changed.', [DEEP]],
  ['rebuild', 'Rebuild the graph', 'The whole ledger is replayed into the graph, which answers meanwhile, and what is foreign there is taken out. That may take long; one that was ended goes on where it was. The ledger is not changed.', [
    {name: 'anew', text: 'From the first event on, even where an interrupted one could go on'},
    {name: 'from_archive', text: 'Begin with what the archive has of events that have gone from the ledger'},
  ]],
];

const KINDS = {
  verify: 'Verify', repair: 'Repair', rebuild: 'Rebuild', retention: 'Retention', verify_archive: 'Verify the archive', restore: 'Restore',
  backup: 'Backup', verify_backup: 'Verify a backup', erasure: 'Erasure',
};

const COLOURS = {succeeded: 'completed'};

export class WorkPart {
  #page;
  #operations;

  constructor(page) {
    this.#page = page;
    this.#operations = new Asking(page.changed);
  }

  ask() {
    return this.#operations.start((signal) => ask(PATH, {signal}));
  }

  get runs() {
    return this.#operations.value?.operations.some((one) => one.state === 'running') ?? false;
  }

  get isWaiting() {
    return this.#operations.isWaiting;
  }

  get isAnswered() {
    return this.#operations.state === 'answered';
  }

  beginnings() {
    return html`<p class="choices">${WORK.map(([kind, title, says, choices]) => actButton({
      title, says, choices, act: (ignored, query) => ask(['v1', 'admin', kind], {method: 'POST', query}), done: () => this.#page.did(title + ': begun.'),
    }))}</p>`;
  }

  list() {
    const all = this.#operations.value?.operations;
    return html`${standing(this.#operations, 'the operations', () => this.ask())}
      ${all ? all.length === 0 ? empty('None yet.') : html`<ul class="plain">${repeat(all, (one) => one.id, (one) => html`<li class="entry">${this.#one(one)}</li>`)}</ul>` : nothing}`;
  }

  #one(one) {
    const kind = KINDS[one.kind] ?? one.kind;
    return html`<strong>${kind}</strong> <span class="status status-${COLOURS[one.state] ?? one.state}">${one.state}</span> ${moment(one.started_at)}
      ${one.ended_at ? html`<span class="dim">took ${duration(Date.parse(one.ended_at) - Date.parse(one.started_at))}</span>` : nothing}
      ${one.state === 'running' ? html`<br>${one.progress ? html`<progress max=${Math.max(1, one.progress.total)} value=${one.progress.done}
            aria-label=${kind}></progress> ${shown(one.progress.phase)} ${count(one.progress.done)} of ${count(one.progress.total)}` : 'It begins.'}
        ${actButton({title: 'End it', says: 'The operation is asked to end at the next place from which it can be done again.',
          act: () => ask([...PATH, one.id], {method: 'DELETE'}), done: () => this.#page.did('It was asked to end.')})}` : nothing}
      ${one.error ? html`<p class="fault">${shown(one.error)}</p>` : nothing}
      ${one.result ? resultView(one.kind, one.result) : nothing}`;
  }

  stop() {
    this.#operations.stop();
  }
}
