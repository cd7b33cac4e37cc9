// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What leaves the streams and the ledger, what holds that up, and sessions of which nothing leaves. */

import {html, nothing} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {actButton, askFor} from './acts.js';
import {ask} from './api.js';
import {Asking} from './asking.js';
import {count, counted, duration, moment} from './format.js';
import {folded, jsonView} from './json.js';
import {empty, pair, sessionLink, standing} from './parts.js';
import {BEGUN} from './operations-work.js';
import {resultView} from './results.js';
import {shown} from './text.js';

const RETENTION = ['v1', 'admin', 'retention'];
const HOLDS = ['v1', 'admin', 'holds'];

export class RetentionPart {
  #page;
  #retention;

  constructor(page) {
    this.#page = page;
    this.#retention = new Asking(page.changed);
  }

  ask() {
    return this.#retention.start((signal) => ask(RETENTION, {query: {partition: this.#page.partition}, signal}));
  }

  view() {
    const now = this.#retention.value;
    return html`${standing(this.#retention, 'retention', () => this.ask())}
      ${now ? html`<dl class="pairs">
        ${pair('Hot window', window(now.hot_window_ms, now.hot_window_now_ms))}
        ${pair('Trimmed', html`up to number ${count(now.trimmed.seq)}`)}
        ${pair('Groups', html`<ul class="plain">${now.groups.map((group) => html`<li>${this.#group(group, now)}</li>`)}</ul>`)}
        ${this.#ceiling(now.ceiling)}
        ${pair('At work', now.worker ? html`<bdi>${shown(now.worker.owner)}</bdi>` : nothing)}
      </dl>
      ${this.#missing(now)}
      <p class="choices">${this.#run(true)} ${this.#run(false)}</p>
      ${now.last_run ? html`<h3>Last run</h3><p class="dim">${moment(now.last_run.at)}</p>${resultView('retention', now.last_run)}` : nothing}
      ${repeat([now], (one) => one, (one) => folded('How it stands', '', () => jsonView(one)))}` : nothing}`;
  }

  #group(group, now) {
    // What was recorded just now holds nothing up.
    const isLate = group.waiting_since && Date.parse(group.waiting_since) < Date.now() - now.hot_window_now_ms;
    return html`<bdi>${shown(group.group)}</bdi>: finished up to ${count(group.finished_seq)}
      ${group.waiting_since ? html`<span class="dim">what it has not finished waits since ${moment(group.waiting_since)}</span>` : nothing}
      ${group.released ? html`<span class="dim">released ${moment(group.released.at)} by <bdi>${shown(group.released.by)}</bdi>:
        <bdi>${shown(group.released.reason)}</bdi></span>` : isLate || now.last_run?.obstacle?.group === group.group ? this.#release(group.group) : nothing}`;
  }

  /** A required group that does not exist is none of those that stand somewhere. */
  #missing(now) {
    const obstacle = now.last_run?.obstacle;
    return obstacle?.kind === 'missing' && !now.groups.some((group) => group.group === obstacle.group)
        ? html`<p class="note">The group <bdi>${shown(obstacle.group)}</bdi> is required and does not exist: nothing is trimmed. ${this.#release(obstacle.group)}</p>` : nothing;
  }

  #release(group) {
    return actButton({
      title: 'Release the group',
      says: html`<bdi>${shown(group)}</bdi> holds nothing up until it has caught up. It is still given every event.`,
      reason: true,
      act: (reason) => ask([...RETENTION, 'release'], {method: 'POST', query: {group, reason, partition: this.#page.partition}}),
      done: () => this.#page.did('Released: it holds nothing up from the next run on.'),
    });
  }

  #ceiling(ceiling) {
    return html`${pair('Ceiling', ceiling.ceiling_ms === 0 ? 'none: events stay' : window(ceiling.ceiling_ms, ceiling.ceiling_now_ms))}
      ${pair('Gone', html`${counted(ceiling.gone_events, 'event')}${ceiling.gone_events > 0 ? html`, up to number ${count(ceiling.gone_through.seq)}` : nothing}${
        ceiling.last_pruning_at ? html`, last ${moment(ceiling.last_pruning_at)}` : nothing}`)}
      ${pair('Archive', ceiling.archive ? html`<bdi>${shown(ceiling.archive)}</bdi>`
          : ceiling.archive_required ? 'none, and required: nothing leaves the ledger' : 'none, and none is wanted: what leaves is gone for good')}`;
  }

  #run(dry) {
    return actButton({
      title: dry ? 'Try it out' : 'Run retention',
      says: dry ? 'Only what would go is told. Nothing is changed.'
          : 'What is older than the hot window leaves the streams. ' + leaves(this.#retention.value?.ceiling),
      act: () => ask([...RETENTION, 'run'], {method: 'POST', query: {dry_run: dry || undefined, partition: this.#page.partition}}),
      done: () => this.#page.did(BEGUN),
    });
  }

  stop() {
    this.#retention.stop();
  }
}

/** What becomes of what is past the ceiling. */
function leaves(ceiling) {
  return ceiling?.archive ? 'What is past the ceiling is archived and then leaves the ledger.'
      : ceiling?.archive_required ? 'Nothing leaves the ledger: there is no archive, and one is required.'
        : 'What is past the ceiling leaves the ledger for good: there is no archive.';
}

function window(set, now) {
  return html`${duration(set)}${now === set ? nothing : html`, now ${duration(now)}: memory is scarce`}`;
}

export class HoldsPart {
  #page;
  #holds;

  constructor(page) {
    this.#page = page;
    this.#holds = new Asking(page.changed);
  }

  ask() {
    return this.#holds.start((signal) => ask(HOLDS, {signal}));
  }

  view() {
    const holds = this.#holds.value?.holds;
    return html`${standing(this.#holds, 'the holds', () => this.ask())}
      ${holds ? html`${holds.length === 0 ? empty('No session is held.') : html`<ul class="plain">${holds.map((one) => html`<li class="entry">${sessionLink(one.session_id)}
          <span class="dim">since ${moment(one.since)} by <bdi>${shown(one.by)}</bdi>: <bdi>${shown(one.reason)}</bdi></span>
          ${actButton({title: 'Release', says: 'What is past the ceiling of this session leaves the ledger with the next run.',
            act: () => ask([...HOLDS, one.session_id], {method: 'DELETE'}), done: () => this.#page.did('Released.')})}</li>`)}</ul>`}
        <form @submit=${(event) => this.#hold(event)}><label>Session <input name="session" required maxlength="255" autocomplete="off" spellcheck="false"></label>
          <button type="submit">Hold</button></form>` : nothing}`;
  }

  #hold(event) {
    event.preventDefault();
    const form = event.target;
    const session = new FormData(form).get('session').trim();
    askFor({title: 'Hold', says: html`Nothing of <bdi>${shown(session)}</bdi> leaves the ledger until it is released.`, reason: true,
      act: (reason) => ask(HOLDS, {method: 'POST', query: {session_id: session, reason}}),
      done: (held) => {
        form.reset();
        this.#page.did(held.known ? 'Held.' : 'Held; there is nothing of this session yet.');
      }});
  }

  stop() {
    this.#holds.stop();
  }
}
