// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What operators do: long work and its progress, what is parked, retention, holds, archives, backups. */

import {html, render} from './lit-html/lit-html.js';
import {ArchivesPart} from './operations-archives.js';
import {BackupsPart} from './operations-backups.js';
import {ParkedPart} from './operations-parked.js';
import {HoldsPart, RetentionPart} from './operations-retention.js';
import {WorkPart} from './operations-work.js';

const POLL_MILLIS = 2_000;

export class OperationsPage {
  #host;
  #work;
  #parts;
  #timer = undefined;
  #told = '';

  constructor(host, frame) {
    this.#host = host;
    const page = {changed: () => this.#draw(), did: (told) => this.#did(told), frame};
    this.#work = new WorkPart(page);
    this.#parts = [
      ['parked', 'Parked events', new ParkedPart(page)],
      ['retention', 'Retention', new RetentionPart(page)],
      ['holds', 'Holds', new HoldsPart(page)],
      ['archives', 'Archive', new ArchivesPart(page)],
      ['backups', 'Backups', new BackupsPart(page)],
    ];
  }

  show() {
    document.title = 'Operations - Context Graph';
    this.#draw();
    if (this.#timer === undefined) {
      this.#askAll();
      this.#timer = setInterval(() => document.hidden || this.#poll(), POLL_MILLIS);
    }
  }

  #askAll() {
    this.#work.ask();
    this.#parts.forEach(([, , part]) => part.ask());
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
    const sections = [
      ['work', 'Graph and ledger', this.#work.beginnings()],
      ['operations', 'Long work', this.#work.list()],
      ...this.#parts.map(([id, title, part]) => [id, title, part.view()]),
    ];
    render(html`
      <h1>Operations</h1>
      <p role="status">${this.#told}</p>
      <div class="columns">${sections.map(([id, title, view]) => html`
        <section aria-labelledby=${id + '-title'}><h2 id=${id + '-title'}>${title}</h2>${view}</section>`)}</div>`, this.#host);
  }

  close() {
    clearInterval(this.#timer);
    [this.#work, ...this.#parts.map(([, , part]) => part)].forEach((part) => part.stop());
  }
}
