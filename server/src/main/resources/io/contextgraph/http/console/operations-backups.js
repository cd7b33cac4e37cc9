// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Backups: taken, and tried out. To restore one is a command, because no server may run meanwhile. */

import {html, nothing} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {actButton} from './acts.js';
import {ask, Refusal} from './api.js';
import {Asking} from './asking.js';
import {bytes, count, moment} from './format.js';
import {folded, jsonView} from './json.js';
import {empty, standing} from './parts.js';
import {BEGUN} from './operations-work.js';
import {verification, weight} from './results.js';
import {shown} from './text.js';

const PATH = ['v1', 'admin', 'backups'];

export class BackupsPart {
  #page;
  #backups;

  constructor(page) {
    this.#page = page;
    this.#backups = new Asking(page.changed);
  }

  ask() {
    return this.#backups.start((signal) => ask(PATH, {query: {partition: this.#page.partition}, signal}));
  }

  view() {
    const found = this.#backups.value;
    if (this.#backups.failure instanceof Refusal && this.#backups.failure.code === 'no_backups') {
      return empty('No backups are kept.');
    }
    return html`${standing(this.#backups, 'the backups', () => this.ask())}
      ${found ? html`<p>${actButton({title: 'Take a backup', says: 'A snapshot of Redis is taken while it serves, and older ones may go.',
          act: () => ask(PATH, {method: 'POST', query: {partition: this.#page.partition}}), done: () => this.#page.did(BEGUN)})}</p>
        ${found.backups.length === 0 ? empty('There is none yet.') : html`<ul class="plain">${repeat(found.backups, (one) => one.id + one.verification?.at, (one) => html`<li class="entry">
          <bdi class="id">${shown(one.id)}</bdi> <span class="dim">taken ${moment(one.taken_at)}, up to number ${count(one.seq)}, ${bytes(weight(one))}</span>
          <p class=${one.verification && !one.verification.verified ? 'fault' : ''}>${verification(one.verification)}</p>
          ${actButton({title: 'Verify', says: html`<bdi class="id">${shown(one.id)}</bdi>: the backup is read back, and a Redis is started on it beside this server to try it out.`,
            act: () => ask([...PATH, one.id, 'verify'], {method: 'POST', query: {partition: this.#page.partition}}), done: () => this.#page.did(BEGUN)})}
          ${folded('All of it', '', () => jsonView(one))}</li>`)}</ul>
          <p class="dim">To restore one is the command <code>contextgraph backup restore</code>: no server may run meanwhile.</p>`}` : nothing}`;
  }

  stop() {
    this.#backups.stop();
  }
}
