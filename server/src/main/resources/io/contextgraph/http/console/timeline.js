// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * A waterfall: what began when, took how long, and because of what. Above it the whole session, to choose a time from; below
 * only what happened in it, each cause before its effects.
 */

import {html, nothing, render, svg} from './lit-html/lit-html.js';
import {duration, tick, told} from './format.js';
import {name, type} from './parts.js';
import {Rows} from './rows.js';
import {marks, rowKeys} from './session-rows.js';
import {joined, plain} from './text.js';
import {density, extent, focused, gaps, ticks, zoomed} from './time-scale.js';

const ROW_HEIGHT = 24;
const PARTS = 240;
const MOST_INDENT = 12;
const INDENT_PIXELS = 10;

export class TimelineView {
  #host;
  #page;
  #rows = undefined;
  #model = undefined;
  /** The time that the address names. */
  #asked = '';
  #whole = {from: 0, to: 1};
  #gaps = [];
  #density = undefined;
  #focus = undefined;
  #drag = undefined;
  #shown = [];
  #rowOf = new Map();

  constructor(host, page) {
    this.#host = host;
    this.#page = page;
    host.addEventListener('keydown', (event) => this.#zoomKey(event));
  }

  changed() {
    if (this.#model !== this.#page.model) {
      this.#model = this.#page.model;
      this.#whole = extent(this.#model);
      this.#gaps = gaps(this.#model, this.#whole);
      this.#density = density(this.#model, this.#whole, PARTS);
      this.#lookAsAsked();
    } else if (this.#asked !== this.#address()) {
      // Somebody goes to another time of the same session.
      this.#lookAsAsked();
    }
    this.#draw();
  }

  #address() {
    return this.#page.parameter('from') + ' ' + this.#page.parameter('to');
  }

  #lookAsAsked() {
    this.#asked = this.#address();
    const from = Number(this.#page.parameter('from')) || this.#whole.from;
    const to = Number(this.#page.parameter('to')) || this.#whole.to;
    this.#focus = focused(from, to, this.#whole);
    this.#list();
  }

  /** Only what happens in the time that is looked at. */
  #list() {
    this.#shown = this.#model.order.filter((at) => !this.#model.answers.has(at)
        && this.#model.begin(at) <= this.#focus.to && this.#model.end(at) >= this.#focus.from);
    this.#rowOf = new Map(this.#shown.map((at, row) => [at, row]));
  }

  #look(focus, isFinal = true) {
    this.#focus = focus;
    this.#list();
    this.#draw();
    if (isFinal) {
      const isWhole = focus.from === this.#whole.from && focus.to === this.#whole.to;
      this.#page.replace({from: isWhole ? '' : Math.round(focus.from), to: isWhole ? '' : Math.round(focus.to)});
      this.#asked = this.#address();
    }
  }

  #draw() {
    const focus = this.#focus;
    const width = focus.to - focus.from;
    const middle = (focus.from + focus.to) / 2;
    render(html`
      <div class="timeline-tools" role="group" aria-label="Time that is shown">
        <span class="focus-told" role="status">${told(focus.from, width)} to ${told(focus.to, width)}, ${duration(width)};
          ${this.#shown.length} of ${this.#model.events.length - this.#model.answers.size} events</span>
        <button type="button" @click=${() => this.#look(zoomed(focus, 0.5, middle, this.#whole))}>Zoom in</button>
        <button type="button" @click=${() => this.#look(zoomed(focus, 2, middle, this.#whole))}>Zoom out</button>
        <button type="button" @click=${() => this.#look(focused(focus.from - width / 2, focus.to - width / 2, this.#whole))}>Earlier</button>
        <button type="button" @click=${() => this.#look(focused(focus.from + width / 2, focus.to + width / 2, this.#whole))}>Later</button>
        <button type="button" @click=${() => this.#look({...this.#whole})}>Whole session</button>
        <button type="button" ?disabled=${this.#page.selected < 0} @click=${() => this.#toSelected()}>Selected event</button>
      </div>
      ${this.#overview()}
      <div class="timeline-axis"><div class="timeline-label"></div><svg class="axis" aria-hidden="true">${this.#axis()}</svg></div>
      <div class="timeline-rows" role="listbox" aria-label="Events by time and cause" tabindex="0"
          aria-activedescendant=${this.#rowOf.has(this.#page.selected) ? 'time-' + this.#page.selected : nothing}
          @keydown=${(event) => rowKeys(event, this.#page, this)} @wheel=${(event) => this.#wheel(event)}></div>`, this.#host);
    if (!this.#rows) {
      this.#rows = new Rows(this.#host.querySelector('.timeline-rows'), {
        height: ROW_HEIGHT,
        keyOf: (row) => this.#model.events[this.#shown[row]]?.event_id,
        row: (row) => this.#row(this.#shown[row]),
      });
    }
    this.#rows.count = this.#shown.length;
  }

  /** The whole session: how much happened when, gaps, and a window to be dragged. */
  #overview() {
    const {all, failed, most} = this.#density;
    const x = (time) => (time - this.#whole.from) / (this.#whole.to - this.#whole.from) * PARTS;
    const bar = (counts, kind) => Array.from(counts, (many, at) => many === 0 ? nothing : svg`<rect class=${kind}
        x=${at} width="1" y=${40 - bars(many, most)} height=${bars(many, most)}></rect>`);
    return html`<svg class="timeline-overview" viewBox="0 0 ${PARTS} 40" preserveAspectRatio="none" role="img"
        aria-label="The whole session: drag to choose a time, double-click for all of it"
        @pointerdown=${(event) => this.#begin(event)} @pointermove=${(event) => this.#move(event)}
        @pointerup=${(event) => this.#end(event)} @pointercancel=${() => this.#drag = undefined}
        @dblclick=${() => this.#look({...this.#whole})}>
      ${this.#gaps.map((gap) => svg`<rect class="gap" x=${x(gap.from)} width=${x(gap.to) - x(gap.from)} y="0" height="40"></rect>`)}
      ${bar(all, 'density')}${bar(failed, 'density-failed')}
      <rect class="outside" x="0" y="0" height="40" width=${Math.max(0, x(this.#focus.from))}></rect>
      <rect class="outside" x=${x(this.#focus.to)} y="0" height="40" width=${Math.max(0, PARTS - x(this.#focus.to))}></rect>
      <rect class="window" x=${x(this.#focus.from)} y="0.5" height="39" width=${Math.max(0.5, x(this.#focus.to) - x(this.#focus.from))}></rect>
    </svg>`;
  }

  #axis() {
    const {times, step} = ticks(this.#focus);
    return svg`${this.#gapsInFocus().map((gap) => svg`<rect class="gap" x=${percent(gap.x)} width=${percent(gap.width)} y="0" height="100%"></rect>
        ${gap.width > 0.12 ? svg`<text class="gap-label" x=${percent(gap.x + gap.width / 2)} y="9" text-anchor="middle">nothing for ${duration(gap.millis)}</text>` : nothing}`)}
      ${times.map((time) => svg`<line x1=${percent(this.#x(time))} x2=${percent(this.#x(time))} y1="12" y2="26"></line>
        <text x=${percent(this.#x(time))} dx="3" y="24">${tick(time, step)}</text>`)}`;
  }

  #gapsInFocus() {
    return this.#gaps.filter((gap) => gap.to > this.#focus.from && gap.from < this.#focus.to).map((gap) => {
      const x = Math.max(0, this.#x(gap.from));
      return {x, width: Math.min(1, this.#x(gap.to)) - x, millis: gap.to - gap.from};
    });
  }

  /** Where a time stands, from 0 to 1. */
  #x(time) {
    return (time - this.#focus.from) / (this.#focus.to - this.#focus.from);
  }

  #row(at) {
    const model = this.#model;
    const event = model.events[at];
    const selected = this.#page.selected;
    const begin = Math.max(0, this.#x(model.begin(at)));
    const end = Math.min(1, this.#x(model.end(at)));
    const took = model.end(at) - model.begin(at);
    const kind = at === selected ? 'selected' : model.parents[at] === selected && selected >= 0 ? 'effect'
        : selected >= 0 && model.parents[selected] === at ? 'cause' : '';
    const text = `${took > 0 ? duration(took) : ''}${kind === 'cause' ? ' (cause)' : kind === 'effect' ? ' (effect)' : ''}`;
    return html`<div id=${'time-' + at} role="option" aria-selected=${at === selected ? 'true' : 'false'}
        aria-label=${plain(joined([event.event_type, event.tool_name, event.agent_id, model.status(at), took > 0 && duration(took)], ', '))}
        class="row ${kind} ${marks(this.#page, at)}"
        @click=${() => this.#page.select(at, false)} @dblclick=${() => this.#page.open(at)}>
      <div class="timeline-label" .style=${`padding-inline-start: ${4 + Math.min(MOST_INDENT, model.indents[at]) * INDENT_PIXELS}px`}>
        ${type(event.event_type)} ${event.tool_name ? html`<span class="tool">${name(event.tool_name)}</span>` : name(event.agent_id)}</div>
      <svg class="bars" aria-hidden="true">
        ${this.#gapsInFocus().map((gap) => svg`<rect class="gap" x=${percent(gap.x)} width=${percent(gap.width)} y="0" height="100%"></rect>`)}
        <rect class="bar bar-${event.event_type.split('.', 1)[0]}" x=${percent(begin)} width=${percent(Math.max(0, end - begin))} y="5" height="14" rx="2"></rect>
        <rect class="bar-begin" x=${percent(begin)} width="3" y="5" height="14" rx="1"></rect>
        ${begin < 0.75 ? svg`<text x=${percent(Math.max(begin, end))} dx="6" y="16">${text}</text>`
            : svg`<text x=${percent(begin)} dx="-4" y="16" text-anchor="end">${text}</text>`}
      </svg></div>`;
  }

  #time(event) {
    const box = event.currentTarget.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return this.#whole.from + part * (this.#whole.to - this.#whole.from);
  }

  #begin(event) {
    const time = this.#time(event);
    const isWhole = this.#focus.from === this.#whole.from && this.#focus.to === this.#whole.to;
    // Within the window it is moved; elsewhere a new one begins.
    this.#drag = {from: time, focus: this.#focus, isMove: !isWhole && time >= this.#focus.from && time <= this.#focus.to, hasMoved: false};
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  #move(event) {
    if (this.#drag) {
      this.#drag.hasMoved ||= Math.abs(event.movementX) > 0;
      if (this.#drag.hasMoved) {
        this.#look(this.#dragged(event), false);
      }
    }
  }

  #end(event) {
    if (this.#drag?.hasMoved) {
      this.#look(this.#dragged(event));
    }
    this.#drag = undefined;
  }

  #dragged(event) {
    const time = this.#time(event);
    const {from, focus, isMove} = this.#drag;
    return isMove ? focused(focus.from + time - from, focus.to + time - from, this.#whole)
        : focused(Math.min(from, time), Math.max(from, time), this.#whole);
  }

  #wheel(event) {
    if (event.ctrlKey) {
      event.preventDefault();
      const bars = this.#host.querySelector('.axis').getBoundingClientRect();
      const part = Math.min(1, Math.max(0, (event.clientX - bars.left) / bars.width));
      this.#look(zoomed(this.#focus, event.deltaY > 0 ? 1.25 : 0.8, this.#focus.from + part * (this.#focus.to - this.#focus.from), this.#whole));
    }
  }

  #zoomKey(event) {
    const {from, to} = this.#focus;
    const width = to - from;
    const keys = {
      '+': () => zoomed(this.#focus, 0.5, (from + to) / 2, this.#whole),
      '-': () => zoomed(this.#focus, 2, (from + to) / 2, this.#whole),
      '0': () => ({...this.#whole}),
      ArrowLeft: () => focused(from - width / 4, to - width / 4, this.#whole),
      ArrowRight: () => focused(from + width / 4, to + width / 4, this.#whole),
    };
    if (keys[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.#look(keys[event.key]());
    }
  }

  /** The selected event fills the view, with something around it. */
  #toSelected() {
    const begin = this.#model.begin(this.#page.selected);
    const took = this.#model.end(this.#page.selected) - begin;
    const around = Math.max(50, took * 0.5);
    this.#look(focused(begin - around, begin + took + around, this.#whole));
    this.reveal(this.#page.selected);
  }

  reveal(at) {
    const shownAt = this.#model.answers.has(at) ? this.#model.parents[at] : at;
    if (!this.#rowOf.has(shownAt)) {
      // It is not in the time that is shown: the window moves to it.
      const width = this.#focus.to - this.#focus.from;
      const begin = this.#model.begin(shownAt);
      this.#look(focused(begin - width / 2, begin + width / 2, this.#whole));
    }
    if (this.#rowOf.has(shownAt)) {
      this.#rows.reveal(this.#rowOf.get(shownAt));
    }
  }

  step(at, by) {
    const row = at < 0 ? 0 : (this.#rowOf.get(at) ?? 0) + by;
    return this.#shown[Math.min(Math.max(0, row), this.#shown.length - 1)] ?? -1;
  }

  close() {
    this.#rows?.stop();
  }
}

/** Few are seen beside many. */
function bars(many, most) {
  return 4 + 34 * Math.log(1 + many) / Math.log(1 + most);
}

function percent(part) {
  return (part * 100).toFixed(4) + '%';
}
