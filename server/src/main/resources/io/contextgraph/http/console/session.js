// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A session, in one of four views; what is selected, searched and zoomed to is the same in all of them. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {address, changed} from './address.js';
import {ask} from './api.js';
import {Asking} from './asking.js';
import {ConversationView} from './conversation.js';
import {EventDetail} from './event-detail.js';
import {count, counted, duration, moment} from './format.js';
import {askPartitions, ends} from './partitions.js';
import {empty, failure, name, names, status} from './parts.js';
import {Payloads} from './payloads.js';
import {SessionEvents} from './session-events.js';
import {SessionFind} from './session-find.js';
import {SessionUsage} from './session-usage.js';
import {follow} from './stream.js';
import {TableView} from './table.js';
import {TimelineView} from './timeline.js';
import {TreeView} from './tree.js';
import {plain} from './text.js';

const VIEWS = {
  conversation: ['Conversation', ConversationView],
  timeline: ['Timeline', TimelineView],
  tree: ['Tree', TreeView],
  table: ['Table', TableView],
};

export class SessionPage {
  /** The id of the session. */
  id;
  frame;
  store;
  payloads;
  find;
  #host;
  #place;
  #summary = new Asking(() => this.#draw());
  #usage;
  #detail = undefined;
  #view = undefined;
  #viewName = '';
  #following = undefined;
  /** Where the partitions of the ledger ended when its events were asked for. */
  #ends = new Asking(() => {});
  #followState = '';
  #selected = '';

  constructor(host, frame, id) {
    this.id = id;
    this.frame = frame;
    this.#host = host;
    this.payloads = new Payloads((ids) => this.#payloadsCame(ids));
    this.store = new SessionEvents(id, () => this.#eventsCame());
    this.find = new SessionFind(this, () => this.#found());
    this.#usage = new SessionUsage(this);
    host.addEventListener('keydown', (event) => this.#key(event));
  }

  /** What the events are to each other, as far as they have come. */
  get model() {
    return this.store.model;
  }

  /** Where the selected event is; -1 where none is. */
  get selected() {
    return this.model.places.get(this.#selected) ?? -1;
  }

  show(place) {
    const isFirst = this.#place === undefined;
    this.#place = place;
    document.title = plain(this.id) + ' - Context Graph';
    const wanted = place.query.get('event') ?? '';
    const isOther = wanted !== this.#selected;
    this.#selected = wanted;
    this.#draw();
    const view = Object.hasOwn(VIEWS, place.query.get('view') ?? '') ? place.query.get('view') : 'conversation';
    if (view !== this.#viewName) {
      this.#view?.close();
      this.#viewName = view;
      const box = document.createElement('div');
      box.className = 'view view-' + view;
      this.#host.querySelector('.view-place').replaceChildren(box);
      this.#view = new VIEWS[view][1](box, this);
      this.#draw();
      this.#view.changed();
      this.#reveal();
    } else if (isOther) {
      this.#view.changed();
      this.#reveal();
    } else {
      this.#view.changed();
    }
    if (isFirst) {
      this.#detail = new EventDetail(this.#host.querySelector('.detail-place'), this);
      this.#ends.start(askPartitions).then(() => this.store.load());
      // These two parts of an address mean a folder to every browser.
      if (this.id !== '.' && this.id !== '..') {
        this.#summary.start((signal) => ask(['v1', 'sessions', this.id], {signal}));
      }
    }
    this.#detail.show(this.selected);
  }

  parameter(name) {
    return this.#place.query.get(name) ?? '';
  }

  /** The address of this page with some parameters changed. */
  address(changes) {
    return changed(this.#place, changes);
  }

  /** Changes the address of the page without a step in the history of the browser. */
  replace(changes) {
    const to = this.address(changes);
    history.replaceState(null, '', to);
    this.#place = {path: this.#place.path, query: new URLSearchParams(to.split('?')[1] ?? '')};
    // The links to the other views lead to the same event and time.
    this.#draw();
  }

  /** Selects the event at a place. */
  select(at, reveal = true) {
    const event = this.model.events[at];
    if (!event) {
      return;
    }
    this.#selected = event.event_id;
    this.replace({event: event.event_id});
    this.#view.changed();
    if (reveal) {
      this.#reveal();
    }
    this.#detail.show(at);
  }

  #reveal() {
    if (this.selected >= 0) {
      this.#view.reveal(this.selected);
    }
  }

  #eventsCame() {
    const wasThere = this.#detail?.isShown ?? false;
    this.find.eventsCame();
    this.#usage.eventsCame();
    this.#draw();
    this.#view?.changed();
    if (!wasThere && this.selected >= 0) {
      // The event that the address names has come.
      this.#detail?.show(this.selected);
      this.#reveal();
    }
  }

  #payloadsCame(ids) {
    this.find.payloadsCame(ids);
    this.#usage.payloadsCame();
    this.#view?.payloadsCame?.(ids);
    this.#detail?.payloadsCame(ids);
    this.#draw();
  }

  #found() {
    this.#draw();
    this.#view?.changed();
  }

  #draw() {
    const {events, state} = this.store;
    const summary = this.#summary.value;
    const model = this.model;
    const usage = this.#usage.sums;
    render(html`
      <header class="session-head">
        <h1><span class="dim">Session</span> ${name(this.id)} ${status(summary?.status)}</h1>
        <p class="facts">
          ${events.length > 0 ? html`${moment(events[0].occurred_at)}
            <span>${duration(Date.parse(events.at(-1).occurred_at) - Date.parse(events[0].occurred_at))}</span>` : nothing}
          <span>${this.#progress(summary)}</span>
          ${summary && summary.agents.length > 0 ? html`<span>${summary.agents.length === 1 ? 'Agent' : 'Agents'} ${names(summary.agents.slice(0, 5))}${summary.agents.length > 5
              ? ` and ${count(summary.agents.length - 5)} more` : nothing}</span>` : nothing}
          ${usage ? html`<span title="Each call of a model is counted once: of calls within calls the innermost.">${usage}</span>` : nothing}
        </p>
        ${this.store.pruned ? html`<p class="note">${counted(this.store.pruned.events, 'earlier event')} of this session
          ${this.store.pruned.events === 1 ? 'is' : 'are'} gone from the ledger; the archive may have them.</p>` : nothing}
        ${this.store.covers ? html`<p class="note">Shown is what was recorded after ${moment(this.store.covers.recorded_after)}.</p>` : nothing}
        ${state === 'failed' ? failure(this.store.failure, () => this.store.more()) : nothing}
        ${state === 'complete' && events.length === 0 ? empty(this.store.pruned ? 'None of its events is left in the ledger.' : 'No event names this session.') : nothing}
      </header>
      <div class="bar">
        <nav class="views" aria-label="Views of the session">${Object.entries(VIEWS).map(([view, [title]]) =>
            html`<a href=${this.address({view})} aria-current=${view === this.#viewName ? 'true' : nothing}>${title}</a>`)}</nav>
        <form class="find-inside" role="search" @submit=${(event) => this.#next(event)}>
          <label class="sr" for="find-inside">Search in this session</label>
          <input id="find-inside" type="search" placeholder="Search in this session" autocomplete="off" spellcheck="false"
              @input=${(event) => this.find.look(event.target.value)}>
          <button type="button" title="Match before (p)" @click=${() => this.#match(-1)} ?disabled=${this.find.matches.length === 0}>Previous</button>
          <button type="submit" title="Match after (n)" ?disabled=${this.find.matches.length === 0}>Next</button>
          <span class="dim" role="status">${this.find.told}</span>
        </form>
        <span class="failures">
          <span class=${model.failures.length > 0 ? 'warn' : 'dim'}>${counted(model.failures.length, 'failure')}</span>
          <button type="button" title="Next failure (f)" @click=${() => this.#failure(1)} ?disabled=${model.failures.length === 0}>Next failure</button>
        </span>
        ${this.#viewName === 'conversation' ? html`<a href=${this.address({text: this.parameter('text') === 'written' ? '' : 'written'})}>${
          this.parameter('text') === 'written' ? 'Markdown' : 'As written'}</a>` : nothing}
        <button type="button" class="quiet" aria-pressed=${this.#following ? 'true' : 'false'} @click=${() => this.#follow()}>
          ${this.#following ? html`Following${this.#followState ? ': ' + this.#followState : ''}` : 'Follow live'}</button>
        <details class="keys with"><summary>Compare</summary><form @submit=${(event) => this.#compare(event)}>
          <label for="compare-with">With the session</label>
          <input id="compare-with" name="with" type="search" required maxlength="255" autocomplete="off" spellcheck="false">
          <button type="submit">Compare</button></form></details>
        <details class="keys"><summary>Keys</summary><dl class="pairs">
          <div class="pair"><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next, previous event</dd></div>
          <div class="pair"><dt><kbd>n</kbd> <kbd>p</kbd></dt><dd>next, previous match</dd></div>
          <div class="pair"><dt><kbd>f</kbd> <kbd>F</kbd></dt><dd>next, previous failure</dd></div>
          <div class="pair"><dt><kbd>/</kbd></dt><dd>search</dd></div>
          <div class="pair"><dt><kbd>Enter</kbd></dt><dd>open the selected event, in lists</dd></div>
          <div class="pair"><dt><kbd>+</kbd> <kbd>-</kbd> <kbd>0</kbd></dt><dd>zoom the timeline</dd></div>
        </dl></details>
      </div>
      <div class="session-body">
        <div class="view-place"></div>
        <aside class="detail-place" aria-label="The selected event"></aside>
      </div>`, this.#host);
  }

  #progress(summary) {
    const {events, state} = this.store;
    const all = summary ? summary.event_count - (summary.pruned_count ?? 0) : undefined;
    switch (state) {
      case 'loading':
        return `${count(events.length)}${all ? ' of ' + count(all) : ''} events have come`;
      case 'more':
        return html`the first ${count(events.length)}${all ? ' of ' + count(all) : ''} events
          <button type="button" @click=${() => this.store.more()}>Go on</button>`;
      default:
        return counted(events.length, 'event');
    }
  }

  #next(event) {
    event.preventDefault();
    this.#match(1);
  }

  #match(by) {
    this.select(neighbour(this.find.matches, this.selected, by));
  }

  #failure(by) {
    this.select(neighbour(this.model.failures, this.selected, by));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) {
      return;
    }
    const keys = {
      j: () => this.select(this.#view.step(this.selected, 1)),
      k: () => this.select(this.#view.step(this.selected, -1)),
      n: () => this.#match(1),
      p: () => this.#match(-1),
      f: () => this.#failure(1),
      F: () => this.#failure(-1),
      '/': () => this.#host.querySelector('#find-inside').focus(),
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  }

  #compare(event) {
    event.preventDefault();
    location.hash = address(['compare', this.id, new FormData(event.target).get('with').trim()]);
  }

  /** New events of the session as they come. */
  #follow() {
    if (this.#following) {
      this.#following.abort();
      this.#following = undefined;
      this.#draw();
      return;
    }
    this.#following = new AbortController();
    follow({
      // Also what has come since the page was opened.
      query: {session_id: this.id, from: this.#ends.value ? ends(this.#ends.value) : 'latest'},
      signal: this.#following.signal,
      onEvent: (event) => this.store.add(event),
      onState: (state, why) => {
        this.#followState = state === 'live' ? '' : shownState(state, why);
        this.#draw();
      },
    });
    this.#draw();
  }

  /** Goes to the page of the selected event. */
  open(at) {
    location.hash = address(['events', this.model.events[at].event_id]);
  }

  close() {
    this.#following?.abort();
    this.#ends.stop();
    this.store.stop();
    this.payloads.stop();
    this.#summary.stop();
    this.#view?.close();
    this.#detail?.close();
  }
}

function shownState(state, why) {
  return state === 'ended' ? 'ended. ' + why : 'connecting';
}

/** The next of some places in one direction, round the end. */
function neighbour(places, from, by) {
  if (by > 0) {
    return places.find((at) => at > from) ?? places[0];
  }
  return places.findLast((at) => at < from || from < 0) ?? places.at(-1);
}
