// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What operators do: long work and its progress, what is parked, retention, holds, archives, backups. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {askFor} from './acts.js';
import {ask, Refusal} from './api.js';
import {Asking} from './asking.js';
import {bytes, count, counted, duration, moment} from './format.js';
import {jsonView} from './json.js';
import {empty, eventLink, pair, sessionLink, standing} from './parts.js';
import {cut, shown} from './text.js';

const POLL_MILLIS = 2_000;
const PARKED = 50;

const WORK = {
  verify: ['Verify the graph', 'Ledger and graph are compared session by session. Nothing is changed.'],
  repair: ['Repair the graph', 'What differs in the graph from the ledger is projected anew. The ledger is not changed.'],
  rebuild: ['Rebuild the graph', 'The whole ledger is replayed into the graph, and what is foreign there is taken out. That may take long; the ledger is not changed.'],
};

export class OperationsPage {
  #host;
  #operations = this.#asking();
  #parked = this.#asking();
  #retention = this.#asking();
  #holds = this.#asking();
  #archives = this.#asking();
  #backups = this.#asking();
  #timer = undefined;
  #told = '';

  constructor(host) {
    this.#host = host;
  }

  #asking() {
    return new Asking(() => this.#draw());
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
    this.#ask(this.#operations, 'operations');
    this.#ask(this.#parked, 'parked', {limit: PARKED});
    this.#ask(this.#retention, 'retention');
    this.#ask(this.#holds, 'holds');
    this.#ask(this.#archives, 'archives');
    this.#ask(this.#backups, 'backups');
  }

  #ask(asking, what, query = {}) {
    asking.start((signal) => ask(['v1', 'admin', what], {query, signal}));
  }

  /** As long as something runs its progress is asked for; once it has ended, all of it may be otherwise. */
  async #poll() {
    if (!this.#runs() || this.#operations.isWaiting) {
      return;
    }
    await this.#operations.start((signal) => ask(['v1', 'admin', 'operations'], {signal}));
    if (this.#operations.state === 'answered' && !this.#runs()) {
      this.#askAll();
    }
  }

  #runs() {
    return this.#operations.value?.operations.some((one) => one.state === 'running') ?? false;
  }

  /** What came of an act. */
  #did(told) {
    this.#told = told;
    this.#askAll();
  }

  #draw() {
    render(html`
      <h1>Operations</h1>
      <p role="status">${this.#told}</p>
      <div class="columns">
        ${this.#section('work', 'Graph and ledger', this.#workPart())}
        ${this.#section('operations', 'Long work', this.#operationsPart())}
        ${this.#section('parked', 'Parked events', this.#parkedPart())}
        ${this.#section('retention', 'Retention', this.#retentionPart())}
        ${this.#section('holds', 'Holds', this.#holdsPart())}
        ${this.#section('archives', 'Archive', this.#archivesPart())}
        ${this.#section('backups', 'Backups', this.#backupsPart())}
      </div>`, this.#host);
  }

  #section(id, title, part) {
    return html`<section aria-labelledby=${id + '-title'}><h2 id=${id + '-title'}>${title}</h2>${part}</section>`;
  }

  #workPart() {
    return html`<p>${Object.entries(WORK).map(([kind, [title, says]]) => html`<button type="button" @click=${() => askFor({
      title, says, act: () => ask(['v1', 'admin', kind], {method: 'POST'}), done: () => this.#did(title + ': begun.'),
    })}>${title}</button> `)}</p>`;
  }

  #operationsPart() {
    const list = this.#operations.value?.operations;
    return html`${standing(this.#operations, 'the operations', () => this.#ask(this.#operations, 'operations'))}
      ${list ? list.length === 0 ? empty('None yet.') : html`<ul class="plain">${repeat(list, (one) => one.id, (one) => html`<li>
        <strong>${one.kind}</strong> <span class="status status-${one.state === 'succeeded' ? 'completed' : one.state}">${one.state}</span> ${moment(one.started_at)}
        ${one.ended_at ? html`<span class="dim">took ${duration(Date.parse(one.ended_at) - Date.parse(one.started_at))}</span>` : nothing}
        ${one.state === 'running' && one.progress ? html`<br><progress max=${Math.max(1, one.progress.total)} value=${one.progress.done}
            aria-label=${one.kind}></progress> ${shown(one.progress.phase)} ${count(one.progress.done)} of ${count(one.progress.total)}` : nothing}
        ${one.state === 'running' ? html`<button type="button" @click=${() => askFor({title: 'End it', says: 'The operation is asked to end after its next step.',
          act: () => ask(['v1', 'admin', 'operations', one.id], {method: 'DELETE'}), done: () => this.#did('It was asked to end.')})}>End it</button>` : nothing}
        ${one.error ? html`<p class="fault">${shown(one.error)}</p>` : nothing}
        ${one.result ? html`<details class="folded"><summary>Result</summary>${jsonView(one.result)}</details>` : nothing}</li>`)}</ul>` : nothing}`;
  }

  #parkedPart() {
    const page = this.#parked.value;
    return html`${standing(this.#parked, 'what is parked', () => this.#ask(this.#parked, 'parked', {limit: PARKED}))}
      ${page ? page.parked.length === 0 ? empty('Nothing is parked.') : html`
        <p><button type="button" @click=${() => askFor({title: 'Try all again', says: 'Every parked event is tried again, up to 1,000 of them.',
          act: () => ask(['v1', 'admin', 'parked', 'redrive'], {method: 'POST', body: {all: true}}), done: (result) => this.#did(redriven(result))})}>Try all again</button></p>
        <ul class="plain">${repeat(page.parked, (one) => one.id, (one) => html`<li>
          ${one.event_type ? html`<strong>${shown(one.event_type)}</strong>` : 'not readable'} ${one.event_id ? eventLink(one.event_id) : nothing}
          ${one.session_id ? html`in ${sessionLink(one.session_id)}` : nothing} <span class="dim">${moment(one.parked_at)}, ${counted(one.attempts, 'attempt')}</span>
          <p class="fault">${shown(cut(one.reason, 400))}</p>
          <button type="button" @click=${() => askFor({title: 'Try again', says: 'The event is projected again.',
            act: () => ask(['v1', 'admin', 'parked', 'redrive'], {method: 'POST', body: {ids: [one.id]}}), done: (result) => this.#did(redriven(result))})}>Try again</button>
          <button type="button" @click=${() => askFor({title: 'Give up', says: 'The event stays in the ledger, but the graph will never have it.', reason: true,
            act: (reason) => ask(['v1', 'admin', 'parked', one.id], {method: 'DELETE', query: {reason}}), done: () => this.#did('Given up.')})}>Give up</button></li>`)}</ul>
        ${page.pagination.has_more ? html`<p class="dim">and more</p>` : nothing}` : nothing}`;
  }

  #retentionPart() {
    const now = this.#retention.value;
    const run = (dry) => () => askFor({
      title: dry ? 'Try it out' : 'Run retention',
      says: dry ? 'Only what would go is told. Nothing is changed.'
          : 'What is older than the hot window leaves the streams, and what is past the ceiling is archived and then leaves the ledger.',
      act: () => ask(['v1', 'admin', 'retention', 'run'], {method: 'POST', query: {dry_run: dry || undefined}}),
      done: () => this.#did('Begun; its result will stand under long work.'),
    });
    return html`${standing(this.#retention, 'retention', () => this.#ask(this.#retention, 'retention'))}
      ${now ? html`<dl class="pairs">
        ${pair('Hot window', html`${duration(now.hot_window_ms)}${now.hot_window_now_ms === now.hot_window_ms ? nothing
            : html`, now ${duration(now.hot_window_now_ms)}: memory is scarce`}`)}
        ${pair('Trimmed up to', html`number ${count(now.trimmed.seq)}`)}
        ${pair('Groups', html`<ul class="plain">${now.groups.map((group) => html`<li>${shown(group.group)}: finished up to ${count(group.finished_seq)}</li>`)}</ul>`)}
      </dl>
      <p><button type="button" @click=${run(true)}>Try it out</button> <button type="button" @click=${run(false)}>Run retention</button></p>
      <details class="folded"><summary>All of it</summary>${jsonView(now)}</details>` : nothing}`;
  }

  #holdsPart() {
    const holds = this.#holds.value?.holds;
    return html`${standing(this.#holds, 'the holds', () => this.#ask(this.#holds, 'holds'))}
      ${holds ? html`${holds.length === 0 ? empty('No session is held.') : html`<ul class="plain">${holds.map((one) => html`<li>${sessionLink(one.session_id)}
          <span class="dim">since ${moment(one.since)} by <bdi>${shown(one.by)}</bdi>: <bdi>${shown(one.reason)}</bdi></span>
          <button type="button" @click=${() => askFor({title: 'Release', says: 'What is past the ceiling of this session leaves the ledger with the next run.',
            act: () => ask(['v1', 'admin', 'holds', one.session_id], {method: 'DELETE'}), done: () => this.#did('Released.')})}>Release</button></li>`)}</ul>`}
        <form @submit=${(event) => this.#hold(event)}><label>Session <input name="session" required maxlength="255" autocomplete="off" spellcheck="false"></label>
          <button type="submit">Hold</button></form>` : nothing}`;
  }

  #hold(event) {
    event.preventDefault();
    const form = event.target;
    const session = new FormData(form).get('session').trim();
    askFor({title: 'Hold', says: html`Nothing of <bdi>${shown(session)}</bdi> leaves the ledger until it is released.`, reason: true,
      act: (reason) => ask(['v1', 'admin', 'holds'], {method: 'POST', query: {session_id: session, reason}}),
      done: (held) => {
        form.reset();
        this.#did(held.known ? 'Held.' : 'Held; there is nothing of this session yet.');
      }});
  }

  #archivesPart() {
    const found = this.#archives.value;
    const isNone = this.#archives.failure instanceof Refusal && this.#archives.failure.code === 'no_archive';
    if (isNone) {
      return empty('Events are not archived.');
    }
    return html`${standing(this.#archives, 'the archive', () => this.#ask(this.#archives, 'archives'))}
      ${found ? found.segments.length === 0 ? empty('There is no segment yet.') : html`<ul class="plain">${found.segments.map((one) => html`<li>
        <bdi class="id">${shown(one.segment)}</bdi> <span class="dim">${counted(one.counts.events, 'event')}, ${bytes(one.counts.packed_bytes)}, written ${moment(one.written_at)}</span>
        <button type="button" @click=${() => askFor({title: 'Verify', says: 'The segment is read back and compared with its manifest.',
          act: () => ask(['v1', 'admin', 'archives', one.segment, 'verify'], {method: 'POST'}), done: () => this.#did('Begun; its result will stand under long work.')})}>Verify</button>
        <button type="button" @click=${() => askFor({title: 'Restore', says: 'The events of the segment come back into the ledger that they have left.',
          act: () => ask(['v1', 'admin', 'archives', one.segment, 'restore'], {method: 'POST'}), done: () => this.#did('Begun; its result will stand under long work.')})}>Restore</button></li>`)}</ul>` : nothing}`;
  }

  #backupsPart() {
    const found = this.#backups.value;
    if (this.#backups.failure instanceof Refusal && this.#backups.failure.code === 'no_backups') {
      return empty('No backups are kept.');
    }
    return html`${standing(this.#backups, 'the backups', () => this.#ask(this.#backups, 'backups'))}
      ${found ? html`<p><button type="button" @click=${() => askFor({title: 'Take a backup', says: 'A snapshot of Redis is taken while it serves, and older ones may go.',
          act: () => ask(['v1', 'admin', 'backups'], {method: 'POST'}), done: () => this.#did('Begun; its result will stand under long work.')})}>Take a backup</button></p>
        ${found.backups.length === 0 ? empty('There is none yet.') : found.backups.map((one) => jsonView(one))}` : nothing}`;
  }

  close() {
    clearInterval(this.#timer);
    [this.#operations, this.#parked, this.#retention, this.#holds, this.#archives, this.#backups].forEach((asking) => asking.stop());
  }
}

function redriven(result) {
  return `${count(result.projected)} projected, ${count(result.refused)} refused again, ${count(result.unreadable)} not readable.`;
}
