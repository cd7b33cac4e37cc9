// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** All events of a session, one a row. */

import {html, nothing} from './lit-html/lit-html.js';
import {clock, duration} from './format.js';
import {name, status, type} from './parts.js';
import {Rows} from './rows.js';
import {active, grid, marks, rowKeys} from './session-rows.js';

const ROW_HEIGHT = 28;

export class TableView {
  #page;
  #rows;
  #host;

  constructor(host, page) {
    this.#host = host;
    this.#page = page;
    grid(host, 'Events', ['#', 'Time', 'Type', 'Tool', 'Agent', 'Status', 'Took']);
    host.addEventListener('keydown', (event) => rowKeys(event, page, this));
    this.#rows = new Rows(host, {
      height: ROW_HEIGHT,
      windowRole: 'rowgroup',
      keyOf: (at) => page.model.events[at]?.event_id,
      row: (at) => this.#row(at),
    });
  }

  #row(at) {
    const {model} = this.#page;
    const event = model.events[at];
    const took = model.end(at) - model.begin(at);
    const isSelected = at === this.#page.selected;
    return html`<div id=${'row-' + at} role="row" aria-rowindex=${at + 2} aria-selected=${isSelected ? 'true' : 'false'}
        class="row ${isSelected ? 'selected' : ''} ${marks(this.#page, at)}"
        @click=${() => this.#page.select(at, false)} @dblclick=${() => this.#page.open(at)}>
      <span role="gridcell">${event.session_seq}</span>
      <span role="gridcell">${clock(event.occurred_at)}</span>
      <span role="gridcell">${type(event.event_type)}</span>
      <span role="gridcell">${event.tool_name ? name(event.tool_name) : nothing}</span>
      <span role="gridcell">${name(event.agent_id)}</span>
      <span role="gridcell">${status(model.status(at))}</span>
      <span role="gridcell">${took > 0 ? duration(took) : nothing}</span></div>`;
  }

  changed() {
    const {events} = this.#page.model;
    this.#host.ariaRowCount = String(events.length + 1);
    this.#rows.count = events.length;
    active(this.#host, 'row-' + this.#page.selected);
  }

  reveal(at) {
    this.#rows.reveal(at);
  }

  step(at, by) {
    return Math.min(Math.max(0, at < 0 ? 0 : at + by), this.#page.model.events.length - 1);
  }

  close() {
    this.#rows.stop();
  }
}
