// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Events that the graph has refused: tried again, given up, and those that were given up. */

import {html, nothing} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {actButton} from './acts.js';
import {ask} from './api.js';
import {count, counted, moment} from './format.js';
import {folded, jsonView} from './json.js';
import {Pages} from './pages.js';
import {empty, eventLink, sessionLink} from './parts.js';
import {cut, shown} from './text.js';

const PATH = ['v1', 'admin', 'parked'];
const AUDIT = 'system.audit';

export class ParkedPart {
  #page;
  #parked;
  #dropped;

  constructor(page) {
    this.#page = page;
    this.#parked = new Pages(PATH, 'parked', page.changed);
    this.#dropped = new Pages([...PATH, 'dropped'], 'dropped', page.changed);
  }

  ask() {
    this.#parked.ask();
    this.#dropped.ask();
  }

  view() {
    const parked = this.#parked.items;
    const dropped = this.#dropped.items;
    return html`${this.#parked.standing('what is parked')}
      ${parked ? parked.length === 0 ? empty('Nothing is parked.') : html`
        <p>${actButton({title: 'Try all again', says: 'Every parked event is tried again, 1,000 at a time.',
          act: (ignored, none, tell) => redriveAll(tell), done: (result) => this.#page.did(redriven(result))})}</p>
        <ul class="plain" aria-label="Parked">${repeat(parked, (one) => one.id, (one) => html`<li class="entry">${this.#entry(one)}
          ${actButton({title: 'Try again', says: 'The event is projected again.',
            act: () => redrive({ids: [one.id]}), done: (result) => this.#page.did(redriven(result))})}
          ${actButton({title: 'Give up', says: 'The event stays in the ledger, but the graph will never have it.', reason: true,
            act: (reason) => ask([...PATH, one.id], {method: 'DELETE', query: {reason}}), done: () => this.#page.did('Given up.')})}</li>`)}</ul>
        ${this.#parked.moreButton()}` : nothing}
      ${this.#dropped.standing('what was given up')}
      ${dropped?.length ? html`<h3>Given up</h3>
        ${this.#page.frame.may('read') ? html`<p class="dim">Who did it stands in ${sessionLink(AUDIT)}.</p>` : nothing}
        <ul class="plain" aria-label="Given up">${repeat(dropped, (one) => one.id, (one) => html`<li class="entry">
          <p>${moment(one.dropped_at)}: <bdi>${shown(one.reason)}</bdi></p>${this.#entry(one.parked)}</li>`)}</ul>
        ${this.#dropped.moreButton()}` : nothing}`;
  }

  #entry(one) {
    return html`${one.event_type ? html`<strong>${shown(one.event_type)}</strong>` : html`<strong>not readable</strong>`}
      ${one.event_id ? eventLink(one.event_id) : nothing} ${one.session_id ? html`in ${sessionLink(one.session_id)}` : nothing}
      <span class="dim">parked ${moment(one.parked_at)} by <bdi>${shown(one.group)}</bdi> after ${counted(one.attempts, 'attempt')}</span>
      <p class="fault"><bdi>${shown(cut(one.reason, 400))}</bdi></p>
      ${one.event_type ? nothing : folded('What the stream has', '', () => jsonView(one.fields))}`;
  }

  stop() {
    this.#parked.stop();
    this.#dropped.stop();
  }
}

function redrive(body) {
  return ask([...PATH, 'redrive'], {method: 'POST', body});
}

/** All that there are, as far as one cursor leads to the next. */
async function redriveAll(tell) {
  const sums = {projected: 0, refused: 0, unreadable: 0, unknown: 0};
  let cursor = undefined;
  do {
    const page = await redrive(cursor === undefined ? {all: true} : {all: true, cursor});
    Object.keys(sums).forEach((outcome) => sums[outcome] += page[outcome]);
    cursor = page.pagination.has_more ? page.pagination.cursor : undefined;
    tell(redriven(sums));
  } while (cursor !== undefined);
  return sums;
}

function redriven(result) {
  return `${count(result.projected)} projected, ${count(result.refused)} refused again, ${count(result.unreadable)} not readable${
    result.unknown ? `, ${count(result.unknown)} not parked any more` : ''}.`;
}
