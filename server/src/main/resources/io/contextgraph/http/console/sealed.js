// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A payload that is sealed, because it is about a person: opened only when somebody who may asks for it, which is on record. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {ask} from './api.js';
import {jsonView} from './json.js';
import {failure} from './parts.js';

export function sealedNote(event, frame) {
  return html`<div class="sealed"><p>Sealed: this is about a person.</p>${frame.may('privacy')
      ? html`<span><button type="button" @click=${(click) => open(event, click.currentTarget.parentNode)}>
          Open it; that is put on record</button></span>`
      : html`<p class="dim">Those with the role privacy may open it.</p>`}</div>`;
}

async function open(event, place) {
  const box = document.createElement('div');
  place.replaceWith(box);
  render(html`<p class="state" role="status">It is being opened.</p>`, box);
  try {
    const opened = await ask(['v1', 'payloads', event.event_id]);
    render(opened.payload === null ? html`<p class="dim">The event brought no payload.</p>` : jsonView(opened.payload), box);
  } catch (problem) {
    render(failure(problem) ?? nothing, box);
  }
}
