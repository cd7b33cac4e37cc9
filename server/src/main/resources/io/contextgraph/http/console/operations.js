// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What operators do: long work and its progress, what is parked, retention, holds, archives, backups. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {Asking} from './asking.js';
import {ArchivesPart} from './operations-archives.js';
import {BackupsPart} from './operations-backups.js';
import {ParkedPart} from './operations-parked.js';
import {HoldsPart, RetentionPart} from './operations-retention.js';
import {WorkPart} from './operations-work.js';
import {askPartitions, choice, chosen} from './partitions.js';
import {standing} from './parts.js';

const POLL_MILLIS = 2_000;

/** What each partition has for itself. */
const OF_PARTITION = new Set(['retention', 'archives', 'backups']);

export class OperationsPage {
  #host;
  #place = undefined;
  #partitions = new Asking(() => this.#draw());
  #page;
  #work;
  #parts;
  #timer = undefined;
  #told = '';

  constructor(host, frame) {
    this.#host = host;
    const page = {changed: () => this.#draw(), did: (told) => this.#did(told), frame, partition: undefined};
    this.#page = page;
    this.#work = new WorkPart(page);
    this.#parts = [
      ['parked', 'Parked events', new ParkedPart(page)],
      ['retention', 'Retention', new RetentionPart(page)],
      ['holds', 'Holds', new HoldsPart(page)],
      ['archives', 'Archive', new ArchivesPart(page)],
      ['backups', 'Backups', new BackupsPart(page)],
    ];
  }

  show(place) {
    this.#place = place;
    document.title = 'Operations - Context Graph';
    this.#draw();
    if (this.#timer === undefined) {
      this.#askAll();
      this.#timer = setInterval(() => document.hidden || this.#poll(), POLL_MILLIS);
    }
  }

  async #askAll() {
    this.#work.ask();
    await this.#partitions.start(askPartitions);
    if (this.#partitions.state === 'answered') {
      this.#page.partition = chosen(this.#place, this.#partitions.value);
      this.#parts.forEach(([, , part]) => part.ask());
    }
  }

  /** As long as something runs its progress is asked for; once it has ended, all of it may be otherwise. */
  async #poll() {
    if (!this.#work.runs || this.#work.isWaiting) {
      return;
    }
    await this.#work.ask();
    if (this.#work.isAnswered && !this.#work.runs) {
      this.#askAll();
    }
  }

  /** What came of an act. */
  #did(told) {
    this.#told = told;
    this.#askAll();
  }

  #draw() {
    const {partition} = this.#page;
    const sections = [
      ['work', 'Graph and ledger', this.#work.beginnings()],
      ['operations', 'Long work', this.#work.list()],
      ...this.#parts.map(([id, title, part]) => [id, title, part.view()]),
    ];
    render(html`
      <h1>Operations</h1>
      <p role="status">${this.#told}</p>
      ${standing(this.#partitions, 'the ledger', () => this.#askAll())}
      ${choice(this.#place, this.#partitions.value ?? [])}
      <div class="columns">${sections.map(([id, title, view]) => html`
        <section aria-labelledby=${id + '-title'}><h2 id=${id + '-title'}>${title}${
          partition !== undefined && OF_PARTITION.has(id) ? ' of partition ' + partition : nothing}</h2>${view}</section>`)}</div>`, this.#host);
  }

  close() {
    clearInterval(this.#timer);
    this.#partitions.stop();
    [this.#work, ...this.#parts.map(([, , part]) => part)].forEach((part) => part.stop());
  }
}
