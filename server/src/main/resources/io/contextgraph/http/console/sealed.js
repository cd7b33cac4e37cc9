// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A payload that is sealed, because it is about a person: opened only when somebody who may asks for it, which is on record. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {ask, Refusal} from './api.js';
import {jsonView} from './json.js';
import {failure} from './parts.js';
import {receiptView} from './receipt.js';

export function sealedNote(event, frame) {
  return html`<div class="sealed"><p>Sealed: this is about a person.</p>${frame.may('privacy')
      ? html`<span><button type="button" @click=${(click) => open(event, click.currentTarget.parentNode)}>
          Open it; that is put on record</button></span>`
      : html`<p class="dim">Those with the role privacy may open it.</p>`}</div>`;
}

async function open(event, place) {
  const box = document.createElement('div');
  box.tabIndex = -1;
  place.replaceWith(box);
  box.focus({preventScroll: true});
  render(html`<p class="state" role="status">It is being opened.</p>`, box);
  try {
    const opened = await ask(['v1', 'payloads', event.event_id]);
    render(opened.payload === null ? html`<p class="dim">The event brought no payload.</p>` : jsonView(opened.payload), box);
  } catch (problem) {
    render(told(problem), box);
  }
}

/** Somebody may have erased the person since the page was made. */
function told(problem) {
  if (problem instanceof Refusal && problem.code === 'payload_erased') {
    const receipt = problem.problem.receipt;
    return html`<p>Erased meanwhile: the key to it was destroyed, so that nobody can open it any more.</p>
      ${receipt ? html`<h3>Receipt</h3>${receiptView(receipt)}` : nothing}`;
  }
  return failure(problem);
}
