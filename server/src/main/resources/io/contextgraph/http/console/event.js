// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** One event: what was recorded, where it stands, and what became of it. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {address} from './address.js';
import {ask, Refusal} from './api.js';
import {Asking} from './asking.js';
import {count, counted, duration, moment} from './format.js';
import {jsonView} from './json.js';
import {partitionOf} from './partitions.js';
import {eventLink, name, pair, sessionLink, standing, status, type} from './parts.js';
import {receiptView} from './receipt.js';
import {sealedNote} from './sealed.js';
import {isSealed} from './says.js';
import {shown} from './text.js';

const EFFECTS = 50;
const AGAIN_MILLIS = 2_000;

export class EventPage {
  #host;
  #frame;
  #id;
  #event = new Asking(() => this.#draw());
  #effects = new Asking(() => this.#draw());
  #graph = new Asking(() => this.#draw());
  #archive = new Asking(() => this.#draw());
  #again = undefined;
  #isClosed = false;

  constructor(host, frame, id) {
    this.#host = host;
    this.#frame = frame;
    this.#id = id;
  }

  show() {
    document.title = 'Event - Context Graph';
    if (this.#event.state === 'idle') {
      this.#ask();
      this.#effects.start((signal) =>
          ask(['v1', 'events'], {query: {parent_event_id: this.#id, limit: EFFECTS}, signal}));
      this.#askGraph();
    }
  }

  /** The archive is that of the partition in which the event is. */
  async #ask() {
    await this.#event.start((signal) => ask(['v1', 'events', this.#id], {query: {include: 'standing'}, signal}));
    if (this.#event.state === 'answered' && this.#frame.may('admin')) {
      const partition = partitionOf(this.#event.value.global_position);
      this.#archive.start((signal) => ask(['v1', 'admin', 'archives'], {query: {event_id: this.#id, partition}, signal}));
    }
  }

  async #askGraph() {
    clearTimeout(this.#again);
    await this.#graph.start((signal) => ask(['v1', 'nodes', this.#id, 'lineage'],
        {query: {max_depth: 1, max_nodes: 2, include: 'graph'}, signal}));
    if (this.#graph.state === 'answered' && this.#graph.value.nodes[this.#id]?.graph?.known === false && !this.#isClosed) {
      // The graph is behind: it will have the event soon, unless it is parked.
      this.#again = setTimeout(() => this.#askGraph(), AGAIN_MILLIS);
    }
  }

  #draw() {
    const event = this.#event.value;
    const problem = this.#event.failure;
    const isGone = this.#event.state === 'failed' && problem instanceof Refusal && problem.code === 'event_gone';
    render(html`
      <h1>${event ? html`${type(event.event_type)} ${status(event.status)}` : isGone ? 'An event that is gone' : 'Event'}</h1>
      <p class="dim"><bdi class="id">${shown(this.#id)}</bdi></p>
      ${isGone ? this.#gone(problem.problem) : standing(this.#event, 'the event', () => this.#ask())}
      ${event ? this.#facts(event) : nothing}`, this.#host);
  }

  #facts(event) {
    const partition = partitionOf(event.global_position);
    const took = event.ended_at ? Date.parse(event.ended_at) - Date.parse(event.occurred_at) : undefined;
    return html`
      <p><a href=${address(['sessions', event.session_id], {event: event.event_id})}>In its session</a>
        <a href=${address(['lineage', event.event_id])}>Causes and effects</a></p>
      <div class="columns">
        <section aria-labelledby="envelope-title"><h2 id="envelope-title">Envelope</h2><dl class="pairs">
          ${pair('Session', sessionLink(event.session_id))}
          ${pair('Agent', name(event.agent_id))}
          ${pair('Tool', event.tool_name ? name(event.tool_name) : nothing)}
          ${pair('Trace', name(event.trace_id))}
          ${pair('Occurred', moment(event.occurred_at))}
          ${pair('Ended', event.ended_at ? html`${moment(event.ended_at)} <span class="dim">after ${duration(took)}</span>` : nothing)}
          ${pair('Cause', event.parent_event_id ? eventLink(event.parent_event_id, event.parent_event_id) : 'none recorded')}
          ${pair('Importance', event.importance_hint)}
          ${pair('Schema', event.schema_version)}
          ${pair('About a person', event.data_subject_id ? 'yes, under a pseudonym' : nothing)}
          ${pair('Payload at', html`<bdi class="id">${shown(event.payload_ref)}</bdi>`)}
        </dl></section>
        <section aria-labelledby="record-title"><h2 id="record-title">On record</h2><dl class="pairs">
          ${pair('Position', html`<bdi class="id">${shown(event.global_position)}</bdi>`)}
          ${pair('Number', html`${count(event.seq)} of ${partition === undefined ? 'the ledger' : 'partition ' + partition}, ${count(event.session_seq)} of the session`)}
          ${pair('Recorded', moment(event.recorded_at))}
          ${pair('Hash', html`<bdi class="id wrap">${shown(event.content_hash)}</bdi>`)}
          ${event.original ? pair('First recorded', html`${moment(event.original.recorded_at)} at
            <bdi class="id">${shown(event.original.global_position)}</bdi>, in ${event.original.ledger_id
              ? html`the ledger <bdi class="id">${shown(event.original.ledger_id)}</bdi>` : 'another ledger'}`) : nothing}
          ${pair('Sent again', again(event.standing.duplicates))}
          ${pair('Tier', tier(event.standing))}
          ${pair('Graph', this.#standsInGraph())}
          ${pair('Archive', this.#standsInArchive())}
        </dl></section>
      </div>
      <section aria-labelledby="payload-title"><h2 id="payload-title">Payload</h2>${this.#payload(event)}</section>
      ${this.#effectsSection()}`;
  }

  #standsInGraph() {
    const waits = standing(this.#graph, 'the graph', () => this.#askGraph());
    const node = this.#graph.value?.nodes[this.#id];
    if (!node) {
      return waits;
    }
    return node.graph?.known === false ? 'not there yet: the graph is behind, or the event is parked'
        : node.provenance.archived ? html`there, marked as archived in <bdi class="id">${shown(node.provenance.archived)}</bdi>` : 'there';
  }

  #standsInArchive() {
    if (this.#archive.state === 'failed') {
      return this.#archive.failure instanceof Refusal && this.#archive.failure.status === 404
          ? 'events are not archived' : shown(this.#archive.failure.message);
    }
    const found = this.#archive.value;
    return found === undefined ? nothing
        : found.event ? html`in <bdi class="id">${shown(found.event.segment)}</bdi>` : 'not there';
  }

  #payload(event) {
    if (event.payload === undefined) {
      return html`<p class="dim">The event brought none: it is said to be at <bdi>${shown(event.payload_ref)}</bdi></p>`;
    }
    if (event.payload === null) {
      return html`<p>Erased: the key to it was destroyed, so that nobody can read it any more. The envelope and the hash stand.</p>
        ${event.erasure_receipt ? html`<h3>Receipt</h3>${receiptView(event.erasure_receipt)}` : html`<p class="dim">There is no receipt here.</p>`}`;
    }
    return isSealed(event.payload) ? sealedNote(event, this.#frame) : jsonView(event.payload);
  }

  #effectsSection() {
    const page = this.#effects.value;
    return html`<section aria-labelledby="effects-title"><h2 id="effects-title">Effects</h2>
      ${standing(this.#effects, 'the effects')}
      ${page ? page.events.length === 0 ? html`<p class="dim">None is recorded.</p>` : html`<ul class="plain">${page.events.map((one) =>
          html`<li>${moment(one.occurred_at)} ${type(one.event_type)} ${one.tool_name ? name(one.tool_name) : nothing} ${status(one.status)}
            ${eventLink(one.event_id)} <span class="dim">in ${sessionLink(one.session_id)}</span></li>`)}</ul>
          ${page.pagination.has_more ? html`<p class="dim">and more: <a href=${address(['lineage', this.#id], {direction: 'descendants'})}>effects level by level</a></p>` : nothing}` : nothing}
    </section>`;
  }

  #gone(problem) {
    return html`<p>${shown(problem.detail)}</p><dl class="pairs">
      ${pair('Gone since', problem.gone_at ? moment(problem.gone_at) : nothing)}
      ${pair('Why', problem.reason ? shown(problem.reason) : nothing)}
      ${pair('Archive', problem.archive ? html`<bdi class="id">${shown(problem.archive)}</bdi>` : nothing)}
      ${pair('Summary', problem.summary_id ? html`<bdi class="id">${shown(problem.summary_id)}</bdi>` : nothing)}
    </dl>${problem.summary ? html`<h2>What the graph says of it</h2>${jsonView(problem.summary)}` : nothing}
      <p><a href=${address(['lineage', this.#id])}>Causes and effects, as far as the graph has them</a></p>`;
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#again);
    [this.#event, this.#effects, this.#graph, this.#archive].forEach((asking) => asking.stop());
  }
}

/** How often producers have sent it again, as far as is known. */
function again({answered, since, last_at: last}) {
  return answered === 0 ? html`not since ${moment(since)}, as far as this server was asked`
      : html`${counted(answered, 'time')} since ${moment(since)}, the last ${moment(last)}, to this server: nothing changed`;
}

function tier({tier: name, indexed}) {
  return (name === 'hot' ? 'hot: in the streams' : 'cold: out of the streams, in the ledger')
      + (indexed ? '' : '; out of the index, found by its id and by its session');
}
