// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What is around every page: who asks, where one can go, and the page that the address names. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {address, parse} from './address.js';
import {ask, Refusal} from './api.js';
import {Asking} from './asking.js';
import {key} from './key.js';
import {failure} from './parts.js';
import {shown} from './text.js';
import {ComparePage} from './compare.js';
import {EventPage} from './event.js';
import {KeyPage} from './key-page.js';
import {LineagePage} from './lineage.js';
import {OperationsPage} from './operations.js';
import {Overview} from './overview.js';
import {PersonsPage} from './persons.js';
import {SessionPage} from './session.js';
import {SessionsPage} from './sessions.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const THEME = 'contextgraph.theme';
const THEMES = ['light dark', 'light', 'dark'];
const THEME_NAMES = {'light dark': 'as the system', light: 'light', dark: 'dark'};

/** Which page an address leads to. What it is about belongs to the page: another one is another page. */
function pageOf({path, query}) {
  const [first, second, third] = path;
  if (path.length === 0) {
    return {is: Overview, about: '', role: ''};
  }
  if (first === 'key' && path.length === 1) {
    return {is: KeyPage, about: '', role: ''};
  }
  if (first === 'sessions' && path.length === 1) {
    return {is: SessionsPage, about: '', role: 'read'};
  }
  if (first === 'sessions' && path.length === 2) {
    return {is: SessionPage, about: second, role: 'read'};
  }
  if (first === 'events' && path.length === 2) {
    return {is: EventPage, about: second, role: 'read'};
  }
  if (first === 'lineage' && path.length === 2) {
    return {is: LineagePage, about: second, role: 'read'};
  }
  if (first === 'operations' && path.length === 1) {
    return {is: OperationsPage, about: query.get('partition') ?? '', role: 'admin'};
  }
  if (first === 'persons' && path.length === 1) {
    return {is: PersonsPage, about: '', role: 'privacy'};
  }
  if (first === 'compare' && path.length === 3) {
    return {is: ComparePage, about: [second, third], role: 'read'};
  }
  return undefined;
}

/** Whether two pages are about the same. */
function isSame(one, other) {
  return one.is === other.is && JSON.stringify(one.about) === JSON.stringify(other.about);
}

export class Frame {
  #host;
  #main;
  #page = undefined;
  #pageOf = undefined;
  #access = new Asking(() => this.#draw());

  constructor(host) {
    this.#host = host;
  }

  start() {
    document.documentElement.style.colorScheme = sessionStorage.getItem(THEME) ?? THEMES[0];
    // What the page has said until now.
    this.#host.replaceChildren();
    this.#draw();
    this.#main = this.#host.querySelector('main');
    this.#main.textContent = 'The server is asked who may see what.';
    addEventListener('hashchange', () => this.#go());
    this.learnAccess();
  }

  /** Who the caller is, as far as the server has said. */
  get access() {
    return this.#access.value;
  }

  may(role) {
    return this.access?.roles.includes(role) ?? false;
  }

  /** Asks anew who asks; then the page is made anew, because it may show something else. */
  async learnAccess() {
    this.#access.value = undefined;
    await this.#access.start((signal) => ask(['v1', 'access'], {signal}));
    this.#close();
    this.#go();
  }

  #close() {
    this.#page?.close();
    this.#page = undefined;
    this.#pageOf = undefined;
  }

  #go() {
    const place = parse(location.hash);
    const page = pageOf(place);
    const refused = this.#refusal(page);
    if (refused) {
      this.#close();
      // What a page has left is not this template's.
      const box = document.createElement('div');
      render(refused, box);
      this.#main.replaceChildren(box);
      document.title = 'Context Graph';
    } else if (this.#page && isSame(this.#pageOf, page)) {
      this.#page.show(place);
    } else {
      const isFirst = this.#page === undefined;
      this.#close();
      const box = document.createElement('div');
      box.className = 'page';
      this.#main.replaceChildren(box);
      this.#page = new page.is(box, this, page.about);
      this.#pageOf = page;
      this.#page.show(place);
      if (!isFirst) {
        this.#main.focus({preventScroll: true});
      }
      scrollTo(0, 0);
    }
    this.#draw();
  }

  /** Why the page is not shown; undefined where it is. */
  #refusal(page) {
    if (page === undefined) {
      return html`<h1>Nothing here</h1><p class="state">No page has this address. <a href=${address([])}>To the overview</a></p>`;
    }
    if (page.is === KeyPage) {
      return undefined;
    }
    const problem = this.#access.failure;
    if (problem instanceof Refusal && problem.status === 401) {
      return html`<h1>A key is needed</h1>
        <p class="state">${key() ? html`The server does not take the key: ${shown(problem.message)}` : 'This server asks who wants to know.'}
        <a href=${address(['key'])}>Enter a key</a></p>`;
    }
    if (this.#access.state === 'failed') {
      return html`<h1>The console cannot begin</h1>${failure(problem, () => this.learnAccess())}`;
    }
    if (page.role && !this.may(page.role)) {
      return html`<h1>Not for this key</h1><p class="state">This page needs the role <code>${page.role}</code>, which
        ${this.access?.name ? html`the key <bdi>${shown(this.access.name)}</bdi>` : 'this key'} does not have.
        <a href=${address(['key'])}>Enter another key</a></p>`;
    }
    return undefined;
  }

  #draw() {
    const [first] = parse(location.hash).path;
    const link = (to, text, isHere) =>
        html`<a href=${address(to)} aria-current=${isHere ? 'page' : nothing}>${text}</a>`;
    render(html`
      <button type="button" class="skip" @click=${() => this.#main.focus()}>To the content</button>
      <header class="banner">
        <a class="brand" href=${address([])}>Context Graph</a>
        <nav aria-label="Pages">
          ${link([], 'Overview', first === undefined)}
          ${this.may('read') ? link(['sessions'], 'Sessions', first === 'sessions') : nothing}
          ${this.may('admin') ? link(['operations'], 'Operations', first === 'operations') : nothing}
          ${this.may('privacy') ? link(['persons'], 'Persons', first === 'persons') : nothing}
        </nav>
        ${this.may('read') ? html`<form class="find" role="search" @submit=${(event) => this.#find(event)}>
          <label class="sr" for="find-id">Session or event by its id</label>
          <input id="find-id" name="id" type="search" placeholder="Session or event id" autocomplete="off" spellcheck="false">
        </form>` : nothing}
        <span class="spacer"></span>
        <button type="button" class="quiet" @click=${() => this.#nextTheme()}>Colours: ${THEME_NAMES[this.#theme()]}</button>
        <a class="who" href=${address(['key'])} aria-current=${first === 'key' ? 'page' : nothing}>${this.#who()}</a>
      </header>
      <main tabindex="-1"></main>`, this.#host);
  }

  #who() {
    if (this.#access.isWaiting) {
      return 'Who asks\u2026';
    }
    if (!this.access || this.#access.state === 'failed') {
      return 'Enter a key';
    }
    return this.access.kind === 'somebody'
        ? 'No key is asked for' : html`<bdi>${shown(this.access.name ?? 'a key')}</bdi>`;
  }

  #find(event) {
    event.preventDefault();
    const id = new FormData(event.target).get('id').trim();
    if (id !== '') {
      event.target.reset();
      location.hash = address([UUID.test(id) ? 'events' : 'sessions', id]);
    }
  }

  #theme() {
    return document.documentElement.style.colorScheme || THEMES[0];
  }

  #nextTheme() {
    const next = THEMES[(THEMES.indexOf(this.#theme()) + 1) % THEMES.length];
    document.documentElement.style.colorScheme = next;
    sessionStorage.setItem(THEME, next);
    this.#draw();
    dispatchEvent(new Event('themechange'));
  }
}
