// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Causes and what they had for effects, within a session. */

import {html, nothing} from './lit-html/lit-html.js';
import {clock, count, duration} from './format.js';
import {name, status, type} from './parts.js';
import {Rows} from './rows.js';
import {active, marks, rowKeys} from './session-rows.js';

const ROW_HEIGHT = 28;
const MOST_INDENT = 24;
const INDENT_PIXELS = 16;

export class TreeView {
  #page;
  #host;
  #rows;
  #model = undefined;
  /** Ids of events whose effects are folded away. */
  #folded = new Set();
  /** Places of the rows that are there. */
  #shown = [];
  #rowOf = new Map();

  constructor(host, page) {
    this.#host = host;
    this.#page = page;
    host.role = 'tree';
    host.tabIndex = 0;
    host.ariaLabel = 'Events by cause';
    host.classList.add('grid', 'tree');
    host.addEventListener('keydown', (event) => this.#key(event));
    this.#rows = new Rows(host, {
      height: ROW_HEIGHT,
      keyOf: (row) => page.model.events[this.#shown[row]]?.event_id,
      row: (row) => this.#row(this.#shown[row]),
    });
  }

  changed() {
    if (this.#model !== this.#page.model) {
      this.#model = this.#page.model;
      this.#list();
    }
    this.#rows.count = this.#shown.length;
    active(this.#host, 'tree-' + this.#page.selected);
  }

  #list() {
    this.#shown = [];
    this.#rowOf.clear();
    let foldedAt = Infinity;
    for (const at of this.#model.order) {
      const depth = this.#model.depths[at];
      if (depth > foldedAt) {
        continue;
      }
      foldedAt = this.#folded.has(this.#model.events[at].event_id) ? depth : Infinity;
      this.#rowOf.set(at, this.#shown.length);
      this.#shown.push(at);
    }
  }

  #row(at) {
    const model = this.#model;
    const event = model.events[at];
    const effects = model.children.get(at)?.length ?? 0;
    const isFolded = this.#folded.has(event.event_id);
    const isSelected = at === this.#page.selected;
    const took = model.end(at) - model.begin(at);
    return html`<div id=${'tree-' + at} role="treeitem" aria-level=${model.depths[at] + 1} aria-selected=${isSelected ? 'true' : 'false'}
        aria-expanded=${effects > 0 ? String(!isFolded) : nothing}
        class="row ${isSelected ? 'selected' : ''} ${marks(this.#page, at)}"
        @click=${() => this.#page.select(at, false)} @dblclick=${() => this.#page.open(at)}>
      <span .style=${`padding-inline-start: ${Math.min(MOST_INDENT, model.indents[at]) * INDENT_PIXELS}px`}>
        <span class="fold" aria-hidden="true" @click=${(click) => this.#toggle(click, at)}>${effects === 0 ? '\u00b7' : isFolded ? '\u25b8' : '\u25be'}</span>
        ${model.isCausedElsewhere(at) ? html`<span class="dim" title="Its cause is not among the events of this session">cause elsewhere \u2192</span>` : nothing}
        ${type(event.event_type)} ${event.tool_name ? html`<span class="tool">${name(event.tool_name)}</span>` : nothing}
        ${name(event.agent_id)} ${status(model.status(at))}
        <span class="dim">${clock(event.occurred_at)}${took > 0 ? ', ' + duration(took) : ''}${isFolded ? `, ${count(effects)} folded` : ''}</span></span></div>`;
  }

  #toggle(click, at) {
    click?.stopPropagation();
    const id = this.#model.events[at].event_id;
    if (this.#folded.has(id)) {
      this.#folded.delete(id);
    } else if (this.#model.children.has(at)) {
      this.#folded.add(id);
    }
    this.#list();
    this.changed();
  }

  #key(event) {
    const at = this.#page.selected;
    const id = at < 0 ? '' : this.#model.events[at].event_id;
    if (event.key === 'ArrowRight' && this.#folded.has(id)) {
      event.preventDefault();
      this.#toggle(undefined, at);
    } else if (event.key === 'ArrowLeft' && at >= 0) {
      event.preventDefault();
      if (this.#model.children.has(at) && !this.#folded.has(id)) {
        this.#toggle(undefined, at);
      } else if (this.#model.parents[at] >= 0) {
        this.#page.select(this.#model.parents[at]);
      }
    } else {
      rowKeys(event, this.#page, this);
    }
  }

  reveal(at) {
    // What is folded away is unfolded.
    for (let cause = this.#model.parents[at], looked = 0; cause >= 0 && looked < this.#model.events.length; cause = this.#model.parents[cause], looked++) {
      this.#folded.delete(this.#model.events[cause].event_id);
    }
    if (!this.#rowOf.has(at)) {
      this.#list();
      this.#rows.count = this.#shown.length;
    }
    this.#rows.reveal(this.#rowOf.get(at));
  }

  step(at, by) {
    const row = at < 0 ? 0 : (this.#rowOf.get(at) ?? 0) + by;
    return this.#shown[Math.min(Math.max(0, row), this.#shown.length - 1)] ?? -1;
  }

  close() {
    this.#rows.stop();
  }
}
