// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The directory of sessions, newest first. With filters those sessions are shown that have one event that matches all of
 * them; they are looked for a bounded number of pages at a time.
 */

import {html, nothing, render} from './lit-html/lit-html.js';
import {address} from './address.js';
import {failure, name, names, status} from './parts.js';
import {count, counted, duration, moment} from './format.js';
import {Rows} from './rows.js';
import {SessionSearch} from './session-search.js';
import {plain} from './text.js';

const ROW_HEIGHT = 34;
const STATUSES = ['pending', 'running', 'completed', 'failed', 'timeout'];

/** Rows from the end from which on more are asked for. */
const NEAR = 40;

export class SessionsPage {
  #host;
  #search = undefined;
  #asked = '';
  #rows = undefined;

  constructor(host) {
    this.#host = host;
  }

  show({query}) {
    document.title = 'Sessions - Context Graph';
    const filters = SessionSearch.filters(query);
    const asked = JSON.stringify(filters);
    if (asked !== this.#asked) {
      this.#asked = asked;
      this.#search?.stop();
      this.#search = new SessionSearch(filters, () => this.#draw());
      this.#search.more();
    }
    this.#draw();
  }

  #draw() {
    const search = this.#search;
    render(html`
      <h1>Sessions</h1>
      ${this.#form(search.filters)}
      <p class="dim" role="status" aria-live="polite">${this.#told()}</p>
      ${search.failure ? failure(search.failure, () => search.more()) : nothing}
      ${search.covers ? html`<p class="note">The filters were tried on what was recorded after ${moment(search.covers.recorded_after)}.</p>` : nothing}
      ${this.#looksFurther()}
      <div class="grid sessions-grid" role="grid" aria-label="Sessions" aria-rowcount=${search.isComplete ? search.sessions.length + 1 : -1}
          aria-colcount="6" tabindex="0" @keydown=${(event) => this.#key(event)}>
        <div class="grid-head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">
          ${['Session', 'Status', 'Last event', 'Lasted', 'Events', 'Agents'].map((title) => html`<span role="columnheader">${title}</span>`)}
        </div></div>
      </div>`, this.#host);
    if (!this.#rows) {
      this.#rows = new Rows(this.#host.querySelector('.sessions-grid'), {
        height: ROW_HEIGHT,
        windowRole: 'rowgroup',
        keyOf: (at) => this.#search.sessions[at]?.session_id,
        row: (at) => this.#row(this.#search.sessions[at], at),
        seen: (_, last) => this.#seen(last),
      });
    }
    this.#rows.count = search.sessions.length;
  }

  #form(filters) {
    const field = (id, label, value, attributes = {}) => html`<label>${label}
      <input name=${id} .value=${value ?? ''} type=${attributes.type ?? 'search'} maxlength="255" autocomplete="off" spellcheck="false"
          placeholder=${attributes.placeholder ?? nothing} step=${attributes.type ? '1' : nothing}></label>`;
    return html`<form class="filters" aria-label="Filters" @submit=${(event) => this.#apply(event)}>
      ${field('prefix', 'Id begins with', filters.prefix)}
      ${field('agent_id', 'Agent', filters.agent_id)}
      <label>Status of an event <select name="status" .value=${filters.status ?? ''}><option value="">any</option>
        ${STATUSES.map((one) => html`<option value=${one} ?selected=${one === filters.status}>${one}</option>`)}</select></label>
      ${field('event_type', 'Type', filters.event_type, {placeholder: 'tool.* or tool.execute'})}
      ${field('tool_name', 'Tool', filters.tool_name)}
      ${field('from', 'Not before', local(filters.from), {type: 'datetime-local'})}
      ${field('to', 'Before', local(filters.to), {type: 'datetime-local'})}
      <button type="submit">Filter</button>
      <a class="button quiet" href=${address(['sessions'])}>All</a>
    </form>`;
  }

  #apply(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const query = Object.fromEntries([...form].map(([name, value]) => [name, value.trim()]));
    for (const time of ['from', 'to']) {
      query[time] = query[time] ? new Date(query[time]).toISOString() : '';
    }
    location.hash = address(['sessions'], query);
  }

  #told() {
    const search = this.#search;
    const found = counted(search.sessions.length, 'session');
    if (search.isAsking) {
      return search.sessions.length === 0 ? 'Looking for sessions.' : `${found} so far, looking further.`;
    }
    if (search.isComplete) {
      return search.sessions.length === 0
          ? search.isFiltered ? 'No session has an event that matches all of this.' : 'There is no session yet.'
          : `${found}${search.isFiltered ? ' with one event that matches all of this' : ''}.`;
    }
    return `${found} so far.`;
  }

  #looksFurther() {
    const search = this.#search;
    return search.isFiltered && !search.isAsking && !search.isComplete && !search.failure
        ? html`<p>There may be more.
          <button type="button" @click=${() => search.more()}>Look further</button></p>` : nothing;
  }

  #seen(last) {
    const search = this.#search;
    if (!search.isFiltered && !search.isComplete && !search.isAsking && !search.failure && last > search.sessions.length - NEAR) {
      queueMicrotask(() => search.more());
    }
  }

  #row(session, at) {
    const agents = session.agents ?? [];
    return html`<div class="row" role="row" aria-rowindex=${at + 2}>
      <span role="gridcell"><a href=${address(['sessions', session.session_id])}>${name(session.session_id)}</a></span>
      <span role="gridcell">${status(session.status)}</span>
      <span role="gridcell">${moment(session.last_event_at)}</span>
      <span role="gridcell">${session.first_event_at
          ? duration(Date.parse(session.last_event_at) - Date.parse(session.first_event_at)) : nothing}</span>
      <span role="gridcell">${session.event_count === undefined ? nothing : count(session.event_count)}${session.pruned_count
          ? html` <span class="dim">${count(session.pruned_count)} gone</span>` : nothing}</span>
      <span role="gridcell" title=${plain(agents.join(', '))}>${names(agents.slice(0, 3))}${agents.length > 3
          ? html` <span class="dim">and ${agents.length - 3} more</span>` : nothing}</span>
    </div>`;
  }

  #key(event) {
    const links = [...this.#host.querySelectorAll('.rows-window a')];
    const at = links.indexOf(document.activeElement);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const next = at < 0 ? 0 : at + (event.key === 'ArrowDown' ? 1 : -1);
      links[next]?.focus();
    }
  }

  close() {
    this.#search?.stop();
    this.#rows?.stop();
  }
}

/** A time in the form that the field for it has, in the zone of the viewer. */
function local(text) {
  if (!text || Number.isNaN(Date.parse(text))) {
    return '';
  }
  const date = new Date(text);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
