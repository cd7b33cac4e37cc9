// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** How the product is: health, the head of the ledger, how far the graph is, what came last. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {address} from './address.js';
import {ask, Refusal} from './api.js';
import {Asking} from './asking.js';
import {meaning} from './concerns.js';
import {bytes, clock, count, counted, moment} from './format.js';
import {askPartitions, choice, chosen} from './partitions.js';
import {empty, eventLink, failure, name, pair, sessionLink, standing, status, type} from './parts.js';
import {Plot} from './plot.js';
import {follow} from './stream.js';
import {shown} from './text.js';

const LEDGER_MILLIS = 2_000;
const HEALTH_MILLIS = 10_000;
const SESSIONS_MILLIS = 15_000;
const KEPT_SECONDS = 300;
const LIVE_EVENTS = 30;
const NEWEST_SESSIONS = 10;

export class Overview {
  #host;
  #frame;
  #place = undefined;
  #health = new Asking(() => this.#draw());
  #findings = new Asking(() => this.#draw());
  /** Of each partition where it ends, and how far the graph is. */
  #ledger = new Asking(() => this.#draw());
  #stats = new Asking(() => this.#draw());
  #sessions = new Asking(() => this.#draw());
  #live = [];
  #liveState = ['waiting', 'The stream is asked for.'];
  #rate = undefined;
  #before = undefined;
  #plots = undefined;
  #timers = [];
  #end = new AbortController();
  #drawn = false;

  constructor(host, frame) {
    this.#host = host;
    this.#frame = frame;
  }

  show(place) {
    const isOther = place.query.get('partition') !== this.#place?.query.get('partition');
    this.#place = place;
    document.title = 'Overview - Context Graph';
    this.#draw();
    if (this.#timers.length > 0) {
      if (isOther && this.#frame.may('admin')) {
        this.#stats.value = undefined;
        this.#askStats();
      }
      return;
    }
    this.#every(HEALTH_MILLIS, () => this.#askHealth());
    if (!this.#frame.access) {
      return;
    }
    const [rate, lag] = this.#host.querySelectorAll('.plot');
    this.#plots = {rate: new Plot(rate, KEPT_SECONDS), lag: new Plot(lag, KEPT_SECONDS)};
    this.#every(LEDGER_MILLIS, () => this.#askLedger());
    if (this.#frame.may('admin')) {
      this.#every(SESSIONS_MILLIS, () => this.#askStats());
    }
    if (this.#frame.may('read')) {
      this.#every(SESSIONS_MILLIS, () => this.#askSessions());
      this.#follow();
    }
  }

  /** Now, and again and again as long as somebody looks. */
  #every(millis, work) {
    work();
    this.#timers.push(setInterval(() => document.hidden || work(), millis));
  }

  #askHealth() {
    this.#health.start((signal) => ask(['v1', 'health'], {signal}));
  }

  async #askLedger() {
    await this.#ledger.start(askPartitions);
    if (this.#end.signal.aborted) {
      return;
    }
    if (this.#ledger.failure instanceof Refusal && this.#ledger.failure.status === 401) {
      // The key does not count any more: to ask again and again with it would change nothing.
      this.#frame.learnAccess();
      return;
    }
    if (this.#ledger.state !== 'answered') {
      return;
    }
    const now = performance.now();
    const events = sum(this.#ledger.value, ({head}) => head.seq);
    if (this.#before) {
      this.#rate = Math.max(0, (events - this.#before.events) / ((now - this.#before.at) / 1_000));
      this.#plots.rate.add(Date.now() / 1_000, this.#rate);
    }
    this.#plots.lag.add(Date.now() / 1_000, sum(this.#ledger.value, ({projection}) => projection.lag_events));
    this.#before = {events, at: now};
    this.#draw();
  }

  #askStats() {
    this.#stats.start(async (signal) => {
      const partition = chosen(this.#place, this.#ledger.value ?? await askPartitions(signal));
      return ask(['v1', 'admin', 'stats'], {query: {partition}, signal});
    });
  }

  #askSessions() {
    this.#sessions.start((signal) => ask(['v1', 'sessions'], {query: {limit: NEWEST_SESSIONS}, signal}));
  }

  #follow() {
    follow({
      query: {from: 'latest'},
      signal: this.#end.signal,
      onEvent: (event) => {
        this.#live.unshift(event);
        this.#live.length = Math.min(this.#live.length, LIVE_EVENTS);
        this.#soon();
      },
      onState: (state, why) => {
        this.#liveState = [state, why];
        this.#draw();
      },
    });
  }

  /** Many events may come at once. */
  #soon() {
    if (!this.#drawn) {
      this.#drawn = true;
      requestAnimationFrame(() => {
        this.#drawn = false;
        this.#draw();
      });
    }
  }

  #examine() {
    this.#findings.start((signal) => ask(['v1', 'admin', 'health', 'detailed'], {signal}));
  }

  #draw() {
    if (this.#end.signal.aborted) {
      return;
    }
    const mayRead = this.#frame.may('read');
    render(html`
      <h1>Overview</h1>
      <div class="cards">
        ${this.#healthCard()}
        ${this.#frame.access ? html`
          <section class="card" aria-labelledby="head-title">
            <h2 id="head-title">Ledger</h2>
            ${this.#ledgerFacts()}
            <div class="plot" role="img" aria-label="Events per second over the last minutes"></div>
            <p class="dim">Events per second: <strong>${this.#rate === undefined ? '\u2026' : this.#rate.toFixed(1)}</strong></p>
          </section>
          <section class="card" aria-labelledby="graph-title">
            <h2 id="graph-title">Graph</h2>
            ${this.#graphFacts()}
            <div class="plot" role="img" aria-label="Events that the graph does not have yet, over the last minutes"></div>
            <p class="dim">Events behind the ledger</p>
          </section>` : nothing}
        ${this.#frame.may('admin') ? this.#storesCard() : nothing}
      </div>
      ${mayRead ? html`<div class="columns">${this.#sessionsSection()}${this.#liveSection()}</div>`
          : this.#frame.access ? empty('Sessions and events are shown to those with the role read.') : nothing}`, this.#host);
  }

  #healthCard() {
    const health = this.#health.value;
    return html`<section class="card" aria-labelledby="health-title">
      <h2 id="health-title">Health</h2>
      ${standing(this.#health, 'health', () => this.#askHealth())}
      ${health ? html`
        <p class="health health-${health.status}">${health.status}</p>
        <dl class="pairs">
          ${pair('Redis', health.redis ? 'ready' : 'not ready')}
          ${pair('Neo4j', health.neo4j ? 'ready' : 'not ready')}
          ${pair('Version', shown(health.version))}
        </dl>
        ${health.concerns ? html`<ul class="concerns">${health.concerns.map((concern) => {
          const [means, todo] = meaning(concern);
          return html`<li><code>${shown(concern)}</code><br>${means} <em>${todo}</em></li>`;
        })}</ul>` : health.status === 'healthy' ? html`<p class="dim">Nothing is the matter.</p>` : nothing}
        ${this.#frame.may('admin') ? html`
          <button type="button" @click=${() => this.#examine()}>Examine all parts</button>
          ${standing(this.#findings, 'the examination', () => this.#examine())}
          ${this.#findings.value ? html`<ul class="findings">${this.#findings.value.findings.map((finding) =>
              html`<li class="finding-${finding.level}"><strong>${finding.level}</strong> ${shown(finding.subject)}: ${shown(finding.message)}</li>`)}</ul>`
              : nothing}` : nothing}` : nothing}
    </section>`;
  }

  #ledgerFacts() {
    const all = this.#ledger.value;
    return html`${standing(this.#ledger, 'the ledger', () => this.#askLedger())}
      ${all ? html`${this.#ledger.state === 'failed' ? failure(this.#ledger.failure) : nothing}<dl class="pairs">
        ${pair('Events', count(sum(all, ({head}) => head.seq)))}
        ${all.length === 1 ? html`${pair('Head', html`<bdi class="id">${shown(all[0].head.global_position)}</bdi>`)}
          ${pair('Epoch', count(all[0].epoch))}` : nothing}
      </dl>${rows(all, 'Where each partition ends', {
        Events: ({head}) => count(head.seq),
        Head: ({head}) => html`<bdi class="id">${shown(head.global_position)}</bdi>`,
        Epoch: ({epoch}) => count(epoch),
      })}` : nothing}`;
  }

  #graphFacts() {
    const all = this.#ledger.value;
    if (!all) {
      return nothing;
    }
    const parked = sum(all, ({projection}) => projection.parked);
    return html`<dl class="pairs">
        ${pair('Behind by', counted(sum(all, ({projection}) => projection.lag_events), 'event'))}
        ${pair('Parked', parked === 0 ? 'none' : html`<strong class="warn">${count(parked)}</strong>: these wait for an operator`)}
        ${all.length === 1 ? pair('Waiting since', moment(all[0].projection.waiting_since)) : nothing}
      </dl>${rows(all, 'How far the graph is in each partition', {
        Behind: ({projection}) => count(projection.lag_events),
        Parked: ({projection}) => count(projection.parked),
        'Waiting since': ({projection}) => moment(projection.waiting_since),
      })}`;
  }

  #storesCard() {
    const stats = this.#stats.value;
    const tier = (label, value) => value ? html`<tr><th scope="row">${label}</th>
      <td>${value.count === null ? '-' : count(value.count)}</td><td>${value.estimated_bytes === null ? '-' : bytes(value.estimated_bytes)}</td></tr>` : nothing;
    return html`<section class="card" aria-labelledby="stores-title">
      <h2 id="stores-title">Memory and tiers</h2>
      ${choice(this.#place, this.#ledger.value ?? [])}
      ${standing(this.#stats, 'the sizes of the tiers')}
      ${stats ? html`
        ${stats.memory ? html`<p>${bytes(stats.memory.used_bytes)} used${stats.memory.max_bytes > 0
            ? html` of ${bytes(stats.memory.max_bytes)}` : ', without a limit'}</p>` : nothing}
        <table class="small"><thead><tr><th scope="col">Tier</th><th scope="col">Entries</th><th scope="col">About</th></tr></thead>
        <tbody>${tier('stream', stats.stream)}${tier('session streams', stats.session_streams)}${tier('documents', stats.documents)}
          ${tier('payloads', stats.payloads)}${tier('index', stats.index)}${tier('cold', stats.cold)}${tier('sessions', stats.sessions)}</tbody></table>` : nothing}
    </section>`;
  }

  #sessionsSection() {
    const page = this.#sessions.value;
    return html`<section aria-labelledby="newest-title">
      <h2 id="newest-title">Newest sessions</h2>
      ${standing(this.#sessions, 'the sessions', () => this.#askSessions())}
      ${page ? page.sessions.length === 0 ? empty('There is no session yet: append an event, or run contextgraph demo.') : html`
        <ul class="plain newest">${repeat(page.sessions, (one) => one.session_id, (one) => html`<li>
          ${sessionLink(one.session_id)} ${status(one.status)}
          <span class="dim">${counted(one.event_count, 'event')}, last ${moment(one.last_event_at)}</span></li>`)}</ul>
        <p><a href=${address(['sessions'])}>All sessions</a></p>` : nothing}
    </section>`;
  }

  #liveSection() {
    const [state, why] = this.#liveState;
    return html`<section aria-labelledby="live-title">
      <h2 id="live-title">Live <span class="live live-${state}">${state === 'live' ? 'connected' : state === 'ended' ? 'ended' : 'connecting'}</span></h2>
      ${why ? html`<p class="dim">${shown(why)}</p>` : nothing}
      ${this.#live.length === 0 ? html`<p class="dim">No event has come since this page was opened.</p>` : html`
        <ol class="plain live-events" reversed>${repeat(this.#live, (event) => event.event_id, (event) => html`<li>
          ${clock(event.occurred_at)} ${type(event.event_type)} ${event.tool_name ? name(event.tool_name) : nothing}
          ${status(event.status)} ${sessionLink(event.session_id)} ${eventLink(event.event_id)}</li>`)}</ol>`}
    </section>`;
  }

  close() {
    this.#timers.forEach(clearInterval);
    this.#end.abort();
    [this.#health, this.#findings, this.#ledger, this.#stats, this.#sessions].forEach((asking) => asking.stop());
    this.#plots?.rate.close();
    this.#plots?.lag.close();
  }
}

function sum(all, number) {
  return all.reduce((total, one) => total + number(one), 0);
}

/** A row for each partition; nothing where there is only one. */
function rows(partitions, what, columns) {
  return partitions.length === 1 ? nothing : html`<div class="scrolled" tabindex="0" role="region" aria-label=${what}><table class="small">
    <thead><tr><th scope="col">Partition</th>${Object.keys(columns).map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
    <tbody>${partitions.map((one) => html`<tr><th scope="row">${one.partition}</th>${Object.values(columns).map((cell) =>
        html`<td>${cell(one)}</td>`)}</tr>`)}</tbody></table></div>`;
}
