// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Two sessions, step by step: what differs in what was given, what came back, time and outcome. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {align, differences} from './alignment.js';
import {count, counted, duration} from './format.js';
import {empty, eventLink, failure, name, sessionLink, status, type} from './parts.js';
import {Payloads} from './payloads.js';
import {isSealed, says} from './says.js';
import {SessionEvents} from './session-events.js';
import {line, shown} from './text.js';

const AT_ONCE = 100;

/** So many differences of one step are told: who needs all of them opens both events. */
const MOST_DIFFERENCES = 20;

export class ComparePage {
  #host;
  #ids;
  #stores;
  #payloads = new Payloads(() => this.#draw());
  #pairs = [];
  #shown = AT_ONCE;
  #onlyOther = false;

  constructor(host, frame, ids) {
    this.#host = host;
    this.#ids = ids;
    this.#stores = ids.map((id) => new SessionEvents(id, () => this.#came()));
  }

  show() {
    document.title = 'Compare - Context Graph';
    if (this.#stores.every((store) => store.events.length === 0)) {
      this.#stores.forEach((store) => store.load());
    }
    this.#draw();
  }

  #came() {
    // Once whoever tells of it has ended: more may be asked for only then.
    this.#stores.filter((store) => store.state === 'more').forEach((store) => queueMicrotask(() => store.state === 'more' && store.more()));
    if (this.#stores.every((store) => store.state === 'complete')) {
      this.#pairs = align(this.#stores[0].model, this.#stores[1].model);
      this.#wantShown();
    }
    this.#draw();
  }

  #wantShown() {
    for (const side of [0, 1]) {
      const {model} = this.#stores[side];
      this.#payloads.want(this.#pairs.slice(0, this.#shown).map((pair) => pair[side]).filter((at) => at !== undefined)
          .flatMap((at) => model.results.has(at) ? [at, model.results.get(at)] : [at]).map((at) => model.events[at].event_id));
    }
  }

  #draw() {
    const [left, right] = this.#stores;
    const failed = this.#stores.find((store) => store.state === 'failed');
    const isReady = left.state === 'complete' && right.state === 'complete';
    const alone = this.#pairs.filter((pair) => pair.includes(undefined)).length;
    const rows = this.#pairs.slice(0, this.#shown).map((pair) => this.#row(pair));
    render(html`
      <h1>Compare</h1>
      ${failed ? failure(failed.failure, () => failed.more()) : nothing}
      ${isReady ? this.#ids.filter((_, side) => this.#stores[side].events.length === 0).map((id) =>
          empty(html`No event names the session ${name(id)}.`)) : nothing}
      ${isReady ? html`<p class="dim" role="status">${counted(this.#pairs.length - alone, 'step')} beside each other, ${count(alone)} in one session only.</p>
        <p><label><input type="checkbox" .checked=${this.#onlyOther} @change=${(event) => {
          this.#onlyOther = event.target.checked;
          this.#draw();
        }}> Only what differs</label></p>`
          : failed ? nothing : html`<p class="state" role="status">Reading both sessions: ${count(left.events.length)} and ${count(right.events.length)} events so far.</p>`}
      ${isReady ? html`<div class="compare-place" tabindex="0" role="region" aria-label="Steps"><table class="compare">
        <thead><tr><th scope="col">${sessionLink(this.#ids[0])}</th><th scope="col">${sessionLink(this.#ids[1])}</th><th scope="col">Differs in</th></tr></thead>
        <tbody>${rows.filter((row) => row.differs || !this.#onlyOther).map((row) => row.template)}</tbody></table></div>
        ${this.#shown < this.#pairs.length ? html`<p><button type="button" @click=${() => {
          this.#shown += AT_ONCE;
          this.#wantShown();
          this.#draw();
        }}>Show more of ${count(this.#pairs.length)}</button></p>` : nothing}` : nothing}`, this.#host);
  }

  #row([left, right]) {
    const differs = left === undefined || right === undefined ? [] : this.#differences(left, right);
    return {
      differs: left === undefined || right === undefined || differs.length > 0,
      template: html`<tr class=${left === undefined || right === undefined ? 'alone' : ''}>
        <td>${this.#step(0, left)}</td><td>${this.#step(1, right)}</td>
        <td>${left === undefined || right === undefined ? html`<span class="dim">only here</span>`
            : differs.length === 0 ? html`<span class="dim">nothing</span>` : html`<ul class="plain">${differs.slice(0, MOST_DIFFERENCES).map((one) => html`<li>
              <strong>${shown(one.name)}</strong> <span class="left-value">${told(one.left)}</span>
              <span class="dim">instead of</span> <span class="right-value">${told(one.right)}</span></li>`)}${differs.length > MOST_DIFFERENCES
              ? html`<li class="dim">and ${count(differs.length - MOST_DIFFERENCES)} more</li>` : nothing}</ul>`}</td></tr>`,
    };
  }

  #step(side, at) {
    if (at === undefined) {
      return nothing;
    }
    const {model} = this.#stores[side];
    const event = model.events[at];
    const took = model.end(at) - model.begin(at);
    return html`${type(event.event_type)} ${event.tool_name ? html`<span class="tool">${name(event.tool_name)}</span>` : nothing}
      ${status(model.status(at))} <span class="dim">${name(event.agent_id)}${took > 0 ? ', ' + duration(took) : ''}</span> ${eventLink(event.event_id, 'Event')}`;
  }

  #differences(left, right) {
    const [a, b] = [this.#facts(0, left), this.#facts(1, right)];
    const found = a.outcome === b.outcome ? [] : [{name: 'outcome', left: a.outcome, right: b.outcome}];
    if (isOther(a.took, b.took)) {
      found.push({name: 'took', left: duration(a.took), right: duration(b.took)});
    }
    if (a.said && b.said) {
      for (const [part, title] of [['given', 'given'], ['back', 'came back'], ['words', 'says']]) {
        found.push(...differences(a.said[part], b.said[part])
            .map((one) => ({...one, name: one.name === '' ? title : title + ': ' + one.name})));
      }
    }
    return found;
  }

  #facts(side, at) {
    const {model} = this.#stores[side];
    const took = model.end(at) - model.begin(at);
    const payload = this.#payloads.of(model.events[at].event_id);
    const isReadable = payload && !(payload instanceof Error) && !isSealed(payload);
    const answer = model.results.has(at) ? this.#payloads.of(model.events[model.results.get(at)].event_id) : undefined;
    const said = isReadable ? says(payload) : undefined;
    const back = answer && !(answer instanceof Error) && !isSealed(answer) ? says(answer) : undefined;
    return {
      outcome: model.status(at) ?? 'none',
      took,
      said: said ? {given: said.given, back: said.back ?? said.error ?? back?.back ?? back?.error ?? back?.texts[0]?.text,
        words: said.texts.filter((one) => one.label !== 'asked').map((one) => one.text).join('\n')} : undefined,
    };
  }

  close() {
    this.#stores.forEach((store) => store.stop());
    this.#payloads.stop();
  }
}

/** Times are never the same: what is within a factor of two, or of a tenth of a second, is. */
function isOther(one, other) {
  return Math.abs(one - other) > 100 && Math.max(one, other) > 2 * Math.min(one, other);
}

function told(value) {
  return value === undefined ? 'nothing' : html`<bdi>${shown(line(typeof value === 'string' ? value : JSON.stringify(value), 160))}</bdi>`;
}
