// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What several pages show in the same way. */

import {html, nothing} from './lit-html/lit-html.js';
import {address} from './address.js';
import {Refusal, Unreachable} from './api.js';
import {plain, shortened, shown, shownName} from './text.js';

/** Ids may have 255 characters: these are enough to tell most of them apart. */
const MOST = 48;

/** How an event stands, by a word and a colour. */
export function status(value) {
  return value ? html`<span class="status status-${/^[a-z]+$/.test(value) ? value : 'other'}">${shown(value)}</span>` : nothing;
}

/** The type of an event. */
export function type(value) {
  return html`<span class="type type-${family(value)}">${shown(value)}</span>`;
}

/** The first word of a type, where it is one of the product's own. */
export function family(value) {
  const first = value.split('.', 1)[0];
  return ['llm', 'tool', 'agent', 'system', 'observation', 'memory'].includes(first) ? first : 'other';
}

/** A name or an id, isolated from the text around it; long ones are cut in the middle, and whole when pointed at. */
export function name(value) {
  const text = String(value);
  const short = shortened(text, MOST);
  return html`<bdi class="name" title=${short === text ? nothing : plain(text)}>${shownName(short)}</bdi>`;
}

/** Several names: where one ends and the next begins can be seen. */
export function names(values) {
  return values.map((value, at) => html`${at > 0 ? ', ' : nothing}${name(value)}`);
}

export function sessionLink(id) {
  return html`<a href=${address(['sessions', id])}>${name(id)}</a>`;
}

/** A link to an event, by the end of its id, which is what differs. */
export function eventLink(id, text = id.slice(0, 8)) {
  return html`<a class="id" href=${address(['events', id])} title=${plain(id)}>${text}</a>`;
}

/** What an Asking has to say while there is no answer; nothing once there is one. */
export function standing(asking, what, again) {
  if (asking.state === 'failed') {
    return failure(asking.failure, again);
  }
  if (asking.isWaiting && asking.value === undefined) {
    return html`<p class="state" role="status">${asking.state === 'slow'
        ? `The server takes long to answer: still waiting for ${what}.` : `Waiting for ${what}.`}</p>`;
  }
  return nothing;
}

/** What is the matter, and what can be done about it. */
export function failure(error, again) {
  return html`<div class="state state-failed" role="alert">
    <p>${shown(error.message)}</p>
    <p class="dim">${advice(error)}${error instanceof Refusal && error.problem.request_id
        ? html` Request <bdi class="id">${shown(error.problem.request_id)}</bdi>.` : nothing}</p>
    ${again ? html`<button type="button" @click=${again}>Try again</button>` : nothing}
  </div>`;
}

function advice(error) {
  if (error instanceof Unreachable) {
    return 'Is the server running, and the network between here and there?';
  }
  if (!(error instanceof Refusal)) {
    return 'This is a fault of the console.';
  }
  if (error.status === 401) {
    return html`<a href=${address(['key'])}>Enter a key</a> that counts.`;
  }
  if (error.status === 403) {
    return html`<a href=${address(['key'])}>Enter a key</a> with the role ${error.problem.required_role ?? 'that is needed'}.`;
  }
  switch (error.code) {
    case 'graph_behind':
      return 'The graph is behind the ledger: what was recorded last is not in it yet. Wait a little.';
    case 'too_many_requests':
    case 'server_overloaded':
      return 'Too much is asked for now. Wait a little.';
    default:
      return error.status >= 500
          ? 'A store is away or behind; the overview says which.' : 'The answer has the code ' + (error.code || error.status) + '.';
  }
}

/** That there is nothing, and why. */
export function empty(text) {
  return html`<p class="state">${text}</p>`;
}

/** A name and its value, as a pair of a list of descriptions. */
export function pair(term, value) {
  return value === undefined || value === null || value === '' || value === nothing
      ? nothing : html`<div class="pair"><dt>${term}</dt><dd>${value}</dd></div>`;
}

/** Gives a text to whoever uses the page, as a file. */
export function download(fileName, mediaType, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type: mediaType}));
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
