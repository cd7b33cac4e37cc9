// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The selected event, beside the views of its session. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {address} from './address.js';
import {clock, duration} from './format.js';
import {jsonView} from './json.js';
import {eventLink, name, pair, status, type} from './parts.js';
import {sealedNote} from './sealed.js';
import {isSealed} from './says.js';
import {shown} from './text.js';

export class EventDetail {
  isShown = false;
  #host;
  #page;
  #at = -1;

  constructor(host, page) {
    this.#host = host;
    this.#page = page;
  }

  show(at) {
    this.#at = at;
    this.isShown = at >= 0;
    if (this.isShown) {
      this.#page.payloads.want([this.#page.model.events[at].event_id]);
    }
    this.#draw();
  }

  payloadsCame(ids) {
    if (this.isShown && ids.includes(this.#page.model.events[this.#at]?.event_id)) {
      this.#draw();
    }
  }

  #draw() {
    const {model} = this.#page;
    const event = model.events[this.#at];
    if (!event) {
      render(html`<p class="dim">Select an event to see it here.</p>`, this.#host);
      return;
    }
    const effects = model.children.get(this.#at) ?? [];
    const step = (at, text) => html`<button type="button" class="link" @click=${() => this.#page.select(at)}>${text}</button>`;
    const took = model.end(this.#at) - model.begin(this.#at);
    render(html`${repeat([event.event_id], (id) => id, () => html`
      <h2>${type(event.event_type)} ${status(model.status(this.#at))}</h2>
      <p><a href=${address(['events', event.event_id])}>Open this event</a> <a href=${address(['lineage', event.event_id])}>Causes and effects</a></p>
      <dl class="pairs">
        ${pair('Time', clock(event.occurred_at))}
        ${pair('Took', took > 0 ? duration(took) : nothing)}
        ${pair('Agent', name(event.agent_id))}
        ${pair('Tool', event.tool_name ? name(event.tool_name) : nothing)}
        ${pair('In the session', event.session_seq)}
        ${pair('Position', html`<bdi class="id">${shown(event.global_position)}</bdi>`)}
        ${pair('Cause', model.parents[this.#at] >= 0 ? step(model.parents[this.#at], model.events[model.parents[this.#at]].event_type)
            : event.parent_event_id ? html`${eventLink(event.parent_event_id)}, not among these events` : 'none recorded')}
        ${pair('Effects', effects.length === 0 ? nothing : html`<ul class="plain">${effects.slice(0, 20).map((at) =>
            html`<li>${step(at, model.events[at].event_type)}</li>`)}${effects.length > 20 ? html`<li class="dim">and ${effects.length - 20} more</li>` : nothing}</ul>`)}
      </dl>
      <h3>Payload</h3>
      ${this.#payload(event)}`)}`, this.#host);
  }

  #payload(event) {
    const payload = this.#page.payloads.of(event.event_id);
    if (payload === undefined) {
      return html`<p class="dim" role="status">The payload is being read.</p>`;
    }
    if (payload instanceof Error) {
      return html`<p class="fault">The payload could not be read: ${shown(payload.message)}</p>`;
    }
    if (payload === null && event.data_subject_id) {
      return html`<p class="dim">Erased, with the person whom it was about. <a href=${address(['events', event.event_id])}>The receipt</a></p>`;
    }
    if (payload === null) {
      return html`<p class="dim">None here. It is said to be at <bdi>${shown(event.payload_ref)}</bdi></p>`;
    }
    return isSealed(payload) ? sealedNote(event, this.#page.frame) : jsonView(payload);
  }

  close() {}
}
