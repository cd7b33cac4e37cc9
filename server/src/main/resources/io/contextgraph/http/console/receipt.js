// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The receipt of an erasure, which is signed as a text; that text is JSON. */

import {html} from './lit-html/lit-html.js';
import {jsonView} from './json.js';
import {pair} from './parts.js';
import {shown} from './text.js';

export function receiptView(one) {
  let said;
  try {
    said = jsonView(JSON.parse(one.payload));
  } catch {
    said = html`<bdi class="text">${shown(one.payload)}</bdi>`;
  }
  return html`${said}<dl class="pairs">${pair('Signed by the key', html`<bdi class="id">${shown(one.key)}</bdi>`)}
    ${pair('Signature', html`<bdi class="id wrap">${shown(one.signature)}</bdi>`)}</dl>`;
}
