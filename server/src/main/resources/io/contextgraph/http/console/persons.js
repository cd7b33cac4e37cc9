// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A person: where what is about the person is, its export, the erasure with the report of every place, the return. No id is ever in an address. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {actButton} from './acts.js';
import {ask, Refusal} from './api.js';
import {Asking} from './asking.js';
import {count, moment} from './format.js';
import {folded, jsonView} from './json.js';
import {pair, sessionLink, standing} from './parts.js';
import {PersonExport} from './person-export.js';
import {receiptView} from './receipt.js';
import {shown} from './text.js';

/** Each look is put on record: while an erasure goes on they become rarer. */
const FIRST_PAUSE_MILLIS = 2_000;
const LONGEST_PAUSE_MILLIS = 60_000;

/** What is said of an erasure. */
const STATES = {
  asked: 'asked for',
  held: 'held up: sessions of the person are held, and nothing is erased yet',
  running: 'under way; it goes on until it is done, whatever breaks off',
  done: 'done',
};

/** What can be done about a refusal, where the page knows better than the code of it. */
const ADVICE = {
  subject_not_found: 'Nothing that is sealed, set aside or erased has this id. Was it written as it was sent?',
  subject_erased: 'The person was erased. Authorise the return before anything else is said.',
  erasure_unfinished: 'The erasure is still under way. Its report below tells how far it is.',
  operation_running: 'Another long operation runs. Wait until it has ended.',
  privacy_unavailable: 'Set privacy.keys on the server.',
  key_service_unavailable: 'What keeps the keys of persons does not answer; doctor says why.',
};

export class PersonsPage {
  #host;
  #person = '';
  #told = '';
  /** Whether the return was authorised here: what is known of the person does not say so before something new is said. */
  #isAuthorised = false;
  #standing = new Asking(() => this.#draw());
  #export = new PersonExport(() => this.#draw());
  #timer = undefined;
  #pause = FIRST_PAUSE_MILLIS;
  #isClosed = false;

  constructor(host) {
    this.#host = host;
  }

  show() {
    document.title = 'Persons - Context Graph';
    this.#draw();
  }

  #look() {
    this.#pause = FIRST_PAUSE_MILLIS;
    this.#again();
  }

  async #again() {
    clearTimeout(this.#timer);
    await this.#standing.start((signal) => ask(['v1', 'subjects', this.#person], {signal}));
    clearTimeout(this.#timer);
    if (!this.#isClosed && this.#standing.state === 'answered' && this.#standing.value.erasure?.done_at === null) {
      this.#timer = setTimeout(() => this.#again(), this.#pause);
      this.#pause = Math.min(LONGEST_PAUSE_MILLIS, this.#pause * 2);
    }
  }

  #did(told) {
    this.#told = told;
    this.#look();
  }

  #begin(event) {
    event.preventDefault();
    this.#export.stop();
    this.#export = new PersonExport(() => this.#draw());
    this.#person = new FormData(event.target).get('person').trim();
    this.#told = '';
    this.#isAuthorised = false;
    this.#standing.value = undefined;
    this.#look();
  }

  /** Another id is being typed: nothing is shown, or can be done, of the one before. */
  #forget() {
    clearTimeout(this.#timer);
    this.#standing.stop();
    if (this.#standing.value !== undefined) {
      this.#standing.value = undefined;
      this.#told = '';
      this.#draw();
    }
  }

  #draw() {
    if (this.#isClosed) {
      return;
    }
    const found = this.#standing.value;
    const problem = this.#standing.state === 'failed' ? this.#standing.failure : undefined;
    render(html`
      <h1>Persons</h1>
      <form class="key" @submit=${(event) => this.#begin(event)}>
        <label for="person">Id of the person, as it was sent in <code>data_subject_id</code></label>
        <input id="person" name="person" required maxlength="255" autocomplete="off" spellcheck="false" @input=${() => this.#forget()}>
        <p class="dim">To look is put on record, too, under a pseudonym.</p>
        <button type="submit">Look</button>
      </form>
      <p role="status">${this.#told}</p>
      ${standing(this.#standing, 'what is about the person', () => this.#look())}
      ${problem instanceof Refusal && ADVICE[problem.code] ? html`<p>${ADVICE[problem.code]}</p>` : nothing}
      ${found ? html`
        <h2>Where it is</h2>${this.#names(found.names)}
        <p class="choices">${this.#exportButton(found)} ${this.#eraseButton()} ${mayReturn(found) && !this.#isAuthorised ? this.#authoriseButton() : nothing}</p>
        ${this.#export.view()}
        ${found.erasure ? this.#erasure(found.erasure) : nothing}
        ${found.receipt ? html`<h2>Receipt</h2>${receiptView(found.receipt)}` : nothing}` : nothing}`, this.#host);
  }

  #names(names) {
    return html`<div class="scrolled" tabindex="0" role="region" aria-label="Where it is"><table class="small">
      <thead><tr><th scope="col">Pseudonym</th><th scope="col">Payloads</th><th scope="col">Parked</th><th scope="col">Key</th></tr></thead>
      <tbody>${names.map((name) => html`<tr><th scope="row"><bdi class="id">${shown(name.data_subject_id)}</bdi></th><td>${count(name.payloads)}</td>
        <td>${count(name.parked)}</td><td>${name.key ? 'there' : name.erased_at ? html`destroyed ${moment(name.erased_at)}` : 'none'}${
          name.key && name.erased_at ? html`, of generation ${name.erased_key_generation + 1}; the one before destroyed ${moment(name.erased_at)}` : nothing}</td></tr>`)}</tbody></table></div>`;
  }

  /** Whom an act is about: the one who was looked at, whatever stands in the field by now. */
  #named() {
    return html`<bdi class="id">${shown(this.#person)}</bdi>.`;
  }

  #exportButton(found) {
    return actButton({
      title: 'Export',
      says: html`${this.#named()} Every event about this person that the ledger or its archive has is saved as a file, payloads readable, a line of JSON each. The archive is read whole, which may take long.`,
      act: async () => undefined,
      done: () => this.#export.start(this.#person, 'person-' + found.data_subject_id),
    }, 'Export all of it');
  }

  #eraseButton() {
    return actButton({
      title: 'Erase this person',
      says: html`${this.#named()} The keys of the person are destroyed, then every payload that they sealed, in all places, as soon as no session of
        theirs is held. Nobody can undo it. Envelopes stay, under a pseudonym.`,
      act: () => ask(['v1', 'subjects', this.#person], {method: 'DELETE'}),
      done: () => {
        this.#isAuthorised = false;
        this.#did('The erasure has begun, or waits for a hold to end; it goes on whatever breaks off.');
      },
    });
  }

  #authoriseButton() {
    return actButton({
      title: 'Let the person return',
      says: html`${this.#named()} What is said of the person from then on is taken, and sealed by a key of the next generation. What was erased stays erased.`,
      act: () => ask(['v1', 'subjects', this.#person, 'authorise'], {method: 'POST'}),
      done: (now) => {
        this.#isAuthorised = true;
        this.#did(`The person may return: what is said from now on is sealed by a key of generation ${now.key_generation}.`);
      },
    });
  }

  #erasure(erasure) {
    return html`<h2>Erasure</h2><dl class="pairs">
        ${pair('Stands', STATES[erasure.state] ?? shown(erasure.state))} ${pair('Begun', moment(erasure.started_at))}
        ${pair('Done', erasure.done_at ? moment(erasure.done_at) : nothing)}
        ${pair('Held by', erasure.held_by?.length ? html`<ul class="plain">${erasure.held_by.map((session) => html`<li>${sessionLink(session)}</li>`)}</ul>` : nothing)}</dl>
      <div class="scrolled" tabindex="0" role="region" aria-label="Report of every place"><table class="small report">
        <thead><tr><th scope="col">Place</th><th scope="col">Found</th><th scope="col">Done</th><th scope="col">What remains, and why nobody can read it</th></tr></thead>
        <tbody>${erasure.places.map((place) => html`<tr><th scope="row">${shown(place.place)}</th><td>${place.found === undefined || place.found === null ? '-' : count(place.found)}</td>
          <td>${shown(place.done ?? '')}</td>
          <td>${remains(place)}${place.unreadable ? html`<p class="dim">${shown(place.unreadable)}</p>` : nothing}</td></tr>`)}</tbody></table></div>
      ${folded('All of it', '', () => jsonView(erasure))}`;
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#standing.stop();
    this.#export.stop();
  }
}

function remains(place) {
  const left = place.remains ?? [];
  return left.length === 0 ? nothing : html`<ul class="plain">${left.map((one) => html`<li><bdi>${shown(one)}</bdi></li>`)}</ul>`;
}

/** Whether the keys are gone, the erasure is at its end, and nothing was said since. */
function mayReturn(found) {
  return found.names.some((name) => name.erased_key_generation > 0) && found.names.every((name) => !name.key)
      && (found.erasure === undefined || found.erasure.state === 'done');
}
