// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Erasure of a person: where what is about the person is, the act, and the report of every place. No id is ever in an address. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {askFor} from './acts.js';
import {ask} from './api.js';
import {Asking} from './asking.js';
import {count, moment} from './format.js';
import {jsonView} from './json.js';
import {pair, standing} from './parts.js';
import {shown} from './text.js';

const POLL_MILLIS = 2_000;

export class PersonsPage {
  #host;
  #person = '';
  #standing = new Asking(() => this.#draw());
  #timer = undefined;

  constructor(host) {
    this.#host = host;
  }

  show() {
    document.title = 'Persons - Context Graph';
    this.#timer ??= setInterval(() => document.hidden || this.#poll(), POLL_MILLIS);
    this.#draw();
  }

  #look() {
    this.#standing.start((signal) => ask(['v1', 'subjects', this.#person], {signal}));
  }

  #poll() {
    const erasure = this.#standing.value?.erasure;
    if (erasure && erasure.done_at === null && !this.#standing.isWaiting) {
      this.#look();
    }
  }

  #draw() {
    const found = this.#standing.value;
    render(html`
      <h1>Persons</h1>
      <form class="key" @submit=${(event) => {
        event.preventDefault();
        this.#person = new FormData(event.target).get('person').trim();
        this.#standing.value = undefined;
        this.#look();
      }}>
        <label for="person">Id of the person, as it was sent in <code>data_subject_id</code></label>
        <input id="person" name="person" required maxlength="255" autocomplete="off" spellcheck="false">
        <p class="dim">To look is put on record, too.</p>
        <button type="submit">Look</button>
      </form>
      ${standing(this.#standing, 'what is about the person', () => this.#look())}
      ${found ? html`
        <h2>Where it is</h2>
        <table class="small"><thead><tr><th scope="col">Pseudonym</th><th scope="col">Payloads</th><th scope="col">Parked</th><th scope="col">Key</th></tr></thead>
          <tbody>${found.names.map((name) => html`<tr><th scope="row"><bdi class="id">${shown(name.data_subject_id)}</bdi></th><td>${count(name.payloads)}</td>
            <td>${count(name.parked)}</td><td>${name.key ? 'there' : name.erased_at ? html`destroyed ${moment(name.erased_at)}` : 'none'}</td></tr>`)}</tbody></table>
        <p><button type="button" @click=${() => askFor({
          title: 'Erase this person',
          says: 'The keys of the person are destroyed, then every payload that they sealed, in all places. Nobody can undo it. Envelopes stay, under a pseudonym.',
          act: () => ask(['v1', 'subjects', this.#person], {method: 'DELETE'}),
          done: () => this.#look(),
        })}>Erase this person</button></p>
        ${found.erasure ? this.#erasure(found.erasure) : nothing}
        ${found.receipt ? html`<h2>Receipt</h2>${jsonView(found.receipt)}` : nothing}` : nothing}`, this.#host);
  }

  #erasure(erasure) {
    return html`<h2>Erasure</h2><dl class="pairs">
        ${pair('Stands', shown(erasure.state))} ${pair('Begun', moment(erasure.started_at))} ${pair('Done', erasure.done_at ? moment(erasure.done_at) : nothing)}
        ${pair('Held by', erasure.held_by?.length ? shown(erasure.held_by.join(', ')) : nothing)}</dl>
      <table class="small"><thead><tr><th scope="col">Place</th><th scope="col">Found</th><th scope="col">Done</th><th scope="col">Remains</th></tr></thead>
        <tbody>${erasure.places.map((place) => html`<tr><th scope="row">${shown(place.place)}</th><td>${place.found ?? '-'}</td>
          <td>${shown(place.done ?? '')}${place.unreadable ? html` <span class="fault">${shown(place.unreadable)}</span>` : nothing}</td>
          <td>${shown((place.remains ?? []).join(', '))}</td></tr>`)}</tbody></table>`;
  }

  close() {
    clearInterval(this.#timer);
    this.#standing.stop();
  }
}
