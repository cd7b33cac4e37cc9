// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Causes and effects of an event, over sessions, level by level. */

import {html, nothing, render, svg} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {address, changed} from './address.js';
import {ask, Refusal} from './api.js';
import {Asking} from './asking.js';
import {count, counted, moment} from './format.js';
import {longText} from './json.js';
import {LineageGraph, MOST_NODES} from './lineage-graph.js';
import {download, failure, name, pair, sessionLink, standing, status, type} from './parts.js';
import {FAILED} from './session-model.js';
import {STANDINGS, Standings} from './standings.js';
import {toSvgText} from './svg-file.js';
import {cut, joined, plain, shown} from './text.js';

const DIRECTIONS = {both: 'causes and effects', ancestors: 'causes', descendants: 'effects'};
const FIRST_DEPTH = 2;
const MOST_DEPTH = 100;
const NODES = 100;
const AGAIN_MILLIS = 2_000;

export class LineagePage {
  #host;
  #id;
  #place;
  #graph;
  #selected;
  #asked = '';
  #answer = new Asking(() => this.#draw());
  #more = new Asking(() => this.#draw());
  #end = new AbortController();
  #standings = new Standings(() => this.#draw());
  #again = undefined;

  constructor(host, frame, id) {
    this.#host = host;
    this.#id = id;
    this.#graph = new LineageGraph(id);
    this.#selected = id;
  }

  get #direction() {
    const direction = this.#place.query.get('direction');
    return Object.hasOwn(DIRECTIONS, direction ?? '') ? direction : 'both';
  }

  get #depth() {
    const depth = Number(this.#place.query.get('depth'));
    return Number.isInteger(depth) && depth >= 1 && depth <= MOST_DEPTH ? depth : FIRST_DEPTH;
  }

  show(place) {
    this.#place = place;
    document.title = 'Causes and effects - Context Graph';
    const asked = this.#direction + ' ' + this.#depth;
    if (asked !== this.#asked) {
      this.#asked = asked;
      this.#ask();
    }
    this.#draw();
  }

  async #ask() {
    clearTimeout(this.#again);
    await this.#answer.start((signal) => ask(['v1', 'nodes', this.#id, 'lineage'],
        {query: {direction: this.#direction, max_depth: this.#depth, max_nodes: NODES, include: 'graph'}, signal}));
    if (this.#answer.state === 'answered') {
      this.#graph = new LineageGraph(this.#id);
      this.#graph.add(this.#answer.value);
      this.#draw();
      this.#reveal(this.#id);
      this.#standings.want(this.#graph.nodes.values());
      if (this.#graph.nodes.get(this.#id)?.graph?.known === false && !this.#end.signal.aborted) {
        // The graph is behind: it will have the event soon.
        this.#again = setTimeout(() => this.#ask(), AGAIN_MILLIS);
      }
      await this.#lookForMissing();
    }
  }

  /** The next page of the same question. */
  async #nextPage() {
    await this.#answer.start((signal) => ask(['v1', 'nodes', this.#id, 'lineage'], {query: {direction: this.#direction,
      max_depth: this.#depth, max_nodes: NODES, include: 'graph', cursor: this.#answer.value.pagination.cursor}, signal}));
    if (this.#answer.state === 'answered') {
      this.#graph.add(this.#answer.value);
      this.#draw();
      this.#standings.want(this.#graph.nodes.values());
      await this.#lookForMissing();
    }
  }

  /** One level more from one event. */
  async #expand(id, direction) {
    if (this.#graph.isFull) {
      return;
    }
    const cursor = direction === 'ancestors' ? undefined : this.#graph.moreEffects.get(id);
    await this.#more.start((signal) => ask(['v1', 'nodes', id, 'lineage'],
        {query: {direction, max_depth: 1, max_nodes: NODES, include: 'graph', cursor}, signal}));
    if (this.#more.state === 'answered') {
      this.#graph.add(this.#more.value);
      const {has_more: hasMore, cursor: next} = this.#more.value.pagination;
      if (direction === 'ancestors') {
        this.#graph.askedCauses.add(id);
      } else if (hasMore) {
        this.#graph.moreEffects.set(id, next);
      } else {
        this.#graph.moreEffects.delete(id);
        this.#graph.askedEffects.add(id);
      }
      this.#draw();
      this.#standings.want(this.#graph.nodes.values());
      await this.#lookForMissing([id]);
    }
  }

  /** Causes that should have come and have not: the ledger tells whether they are gone, or have never been. */
  async #lookForMissing(ids = [...this.#graph.nodes.keys()]) {
    const isDone = this.#answer.value?.pagination.has_more === false;
    const first = this.#graph.firstCause();
    for (const id of ids) {
      const cause = this.#graph.unseenCause(id);
      const wasAsked = this.#graph.stubs.has(cause) || this.#graph.askedCauses.has(id) || (id === first.id && first.steps < this.#depth && this.#direction !== 'descendants' && isDone);
      if (cause !== undefined && wasAsked) {
        await this.#askTheLedger(cause);
      }
    }
    if (this.#graph.stubs.has(this.#id)) {
      await this.#askTheLedger(this.#id);
    }
  }

  async #askTheLedger(id) {
    const graph = this.#graph;
    if (graph.missing.has(id) || this.#end.signal.aborted) {
      return;
    }
    try {
      await ask(['v1', 'events', id], {signal: this.#end.signal});
      graph.missing.set(id, 'not in the graph yet');
    } catch (problem) {
      graph.missing.set(id, !(problem instanceof Refusal) ? 'not reached'
          : problem.code === 'event_gone' ? 'gone from the ledger' : problem.status === 404 ? 'missing: never recorded' : 'not reached');
    }
    if (!this.#end.signal.aborted) {
      this.#draw();
    }
  }

  #draw() {
    const graph = this.#graph;
    const answer = this.#answer.value;
    render(html`
      <h1>Causes and effects</h1>
      <p class="dim">of <a class="id" href=${address(['events', this.#id])}><bdi>${shown(this.#id)}</bdi></a></p>
      <div class="bar" role="group" aria-label="What is shown">
        ${Object.entries(DIRECTIONS).map(([direction, title]) => html`<a href=${changed(this.#place, {direction})}
            aria-current=${direction === this.#direction ? 'true' : nothing}>${title}</a>`)}
        <span>${counted(this.#depth, 'level')}</span>
        <a class="button" href=${changed(this.#place, {depth: Math.min(MOST_DEPTH, this.#depth + 1)})}>One level more</a>
        ${this.#depth > 1 ? html`<a class="button" href=${changed(this.#place, {depth: this.#depth - 1})}>One less</a>` : nothing}
        <span class="dim" role="status">${counted(graph.nodes.size, 'event')}, ${counted(graph.edges.size, 'recorded cause')}</span>
        <button type="button" @click=${() => this.#saveSvg()} ?disabled=${graph.nodes.size === 0}>Save as SVG</button>
        <button type="button" @click=${() => this.#saveJson()} ?disabled=${graph.nodes.size === 0}>Save as JSON</button>
      </div>
      ${standing(this.#answer, 'the graph', () => this.#ask())}
      ${this.#more.state === 'failed' ? failure(this.#more.failure) : nothing}
      ${answer?.pagination.has_more ? html`<p class="note">There are more events than are shown.
        <button type="button" @click=${() => this.#nextPage()} ?disabled=${this.#answer.isWaiting || graph.isFull}>Show ${NODES} more</button></p>` : nothing}
      ${graph.isFull ? html`<p class="note">No more than ${count(MOST_NODES)} events are drawn: begin from another one.</p>` : nothing}
      ${answer && answer.meta.parked > 0 ? html`<p class="note">${counted(answer.meta.parked, 'event')} could not be put into the graph: this may lack them.</p>` : nothing}
      ${graph.nodes.get(this.#id)?.graph?.known === false ? html`<p class="note">The graph is behind: it does not have this event yet. It is asked again until it has.</p>` : nothing}
      ${graph.nodes.size === 0 ? nothing : html`<div class="lineage-body">
        <div class="lineage-place" tabindex="0" role="region" aria-label="Drawing">${this.#drawing()}</div>
        <aside aria-label="The selected event">${this.#detail()}</aside></div>`}`, this.#host);
  }

  #drawing() {
    const {boxes, lines, width, height} = this.#graph.layout();
    return html`<svg class="lineage" width=${width} height=${height} viewBox="0 0 ${width} ${height}" role="group" aria-label="Causes and effects">
      ${lines.map(({from, to}) => svg`<path class="edge" d=${curve(from, to)}></path>`)}
      ${repeat(boxes, (box) => box.id, (box) => this.#box(box))}</svg>`;
  }

  #box(box) {
    const node = this.#graph.nodes.get(box.id);
    const missing = this.#graph.missing.get(box.id);
    const title = node ? node.attributes.event_type ?? 'an event' : missing ?? 'not in the graph';
    const second = node ? joined([node.attributes.tool_name, node.provenance.agent_id], ' \u00b7 ') : box.id.slice(0, 13);
    const stands = node ? this.#standings.of(node) : [];
    const third = node ? joined(['@' + (node.provenance.global_position ?? 'no position'), ...stands.filter((word) => word !== 'hot')], ' \u00b7 ') : '';
    const classes = joined(['node', box.id === this.#id ? 'start' : '', box.id === this.#selected ? 'selected' : '',
      node ? FAILED.has(node.attributes.status) ? 'failed' : '' : 'missing',
      ...stands, node?.graph?.known === false ? 'unknown' : ''], ' ');
    return svg`<g class=${classes} role="button" tabindex="0" data-id=${box.id} aria-pressed=${box.id === this.#selected ? 'true' : 'false'}
        aria-label=${plain(joined([title, second, node?.attributes.status, missing, ...stands], ', '))}
        @click=${() => this.#select(box.id)} @keydown=${(event) => this.#key(event, box.id)}>
      <rect x=${box.x} y=${box.y} width=${box.width} height=${box.height} rx="6"></rect>
      <svg x=${box.x + 8} y=${box.y} width=${box.width - 14} height=${box.height} overflow="hidden">
        <text class="node-title" y="16">${plain(cut(title, 30))}</text>
        <text y="30">${plain(cut(second, 32))}</text>
        <text class="node-place" y="44">${plain(cut(third, 32))}</text></svg></g>`;
  }

  #select(id) {
    this.#selected = id;
    this.#draw();
  }

  #key(event, id) {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#select(id);
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      event.preventDefault();
      this.#expand(id, event.key === 'ArrowLeft' ? 'ancestors' : 'descendants');
    }
  }

  #detail() {
    const id = this.#selected;
    const node = this.#graph.nodes.get(id);
    if (!node) {
      return html`<h2>${shown(this.#graph.missing.get(id) ?? 'Nothing is selected')}</h2><p><a href=${address(['events', id])}>Ask the ledger</a></p>`;
    }
    const {attributes, provenance} = node;
    const mayHaveCause = this.#graph.unseenCause(id) && !this.#graph.missing.has(this.#graph.unseenCause(id));
    return html`
      <h2>${attributes.event_type ? type(attributes.event_type) : 'An event'} ${status(attributes.status)}</h2>
      <p><a href=${address(['events', id])}>Open this event</a>
        ${id === this.#id ? nothing : html`<a href=${address(['lineage', id])}>Begin here</a>`}</p>
      <p><button type="button" @click=${() => this.#expand(id, 'ancestors')} ?disabled=${!mayHaveCause || this.#graph.isFull}>Show its cause</button>
        <button type="button" @click=${() => this.#expand(id, 'descendants')} ?disabled=${this.#graph.askedEffects.has(id) || this.#graph.isFull}>${
            this.#graph.moreEffects.has(id) ? 'Show more of its effects' : 'Show its effects'}</button></p>
      <dl class="pairs">
        ${pair('Session', provenance.session_id ? sessionLink(provenance.session_id) : nothing)}
        ${pair('Agent', provenance.agent_id ? name(provenance.agent_id) : nothing)}
        ${pair('Tool', attributes.tool_name ? name(attributes.tool_name) : nothing)}
        ${pair('Time', attributes.occurred_at ? moment(attributes.occurred_at) : nothing)}
        ${pair('Source', html`position <bdi class="id">${shown(provenance.global_position ?? 'unknown')}</bdi> in ${provenance.source}`)}
        ${pair('Stands', this.#standings.of(node).map((word) => STANDINGS[word]).join('; '))}
        ${pair('Archived', provenance.archived ? html`in <bdi class="id">${shown(provenance.archived)}</bdi>` : nothing)}
        ${pair('Cause', attributes.parent_event_id ? this.#graph.missing.has(attributes.parent_event_id)
            ? shown(this.#graph.missing.get(attributes.parent_event_id)) : nothing : 'none recorded')}
      </dl>
      ${attributes.content ? html`<h3>Says</h3><p class="words">${repeat([id], (one) => one, () => longText(attributes.content))}</p>` : nothing}`;
  }

  #reveal(id) {
    this.#host.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({block: 'center', inline: 'center'});
  }

  #saveSvg() {
    download('lineage-' + this.#id + '.svg', 'image/svg+xml', toSvgText(this.#host.querySelector('svg.lineage')));
  }

  #saveJson() {
    download('lineage-' + this.#id + '.json', 'application/json', JSON.stringify(this.#graph.toJson(), null, 2) + '\n');
  }

  close() {
    clearTimeout(this.#again);
    this.#end.abort();
    this.#answer.stop();
    this.#more.stop();
    this.#standings.stop();
  }
}

function curve(from, to) {
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const bend = Math.max(24, Math.abs(x2 - x1) / 2);
  return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}
