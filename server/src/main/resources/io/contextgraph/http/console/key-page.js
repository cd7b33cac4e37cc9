// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Who asks: the key that is used, and another one. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {moment} from './format.js';
import {forget, keep, key} from './key.js';
import {pair} from './parts.js';
import {shown} from './text.js';

const MAY = {
  ingest: 'append events',
  read: 'read events, sessions and lineage',
  admin: 'operate: parked entries, details of health, long work',
  privacy: 'open sealed payloads, and erase persons',
};

export class KeyPage {
  #host;
  #frame;
  #fault = '';

  constructor(host, frame) {
    this.#host = host;
    this.#frame = frame;
  }

  show() {
    document.title = 'Key - Context Graph';
    const access = this.#frame.access;
    render(html`
      <h1>Who asks</h1>
      ${access ? html`<dl class="pairs">
          ${pair('Known by', access.kind === 'somebody' ? 'nothing: this server asks nobody for a key' : access.kind)}
          ${pair('Name', access.name ? html`<bdi>${shown(access.name)}</bdi>` : nothing)}
          ${pair('May', access.roles.length === 0 ? 'nothing' : html`<ul class="plain">${access.roles.map((role) =>
              html`<li><code>${role}</code>: ${MAY[role] ?? ''}</li>`)}</ul>`)}
          ${pair('Expires', access.expires_at ? moment(access.expires_at) : access.kind === 'somebody' ? nothing : 'never')}
        </dl>` : html`<p class="state">${key() ? 'The server does not take the key that was entered.' : 'No key has been entered.'}</p>`}
      <form class="key" @submit=${(event) => this.#use(event)}>
        <label for="key">Access key or token</label>
        <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required
            aria-describedby="key-note" aria-invalid=${this.#fault ? 'true' : 'false'}>
        <p id="key-note" class="dim">Kept until this tab is closed, and sent as a header: it is never part of an address.</p>
        ${this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing}
        <button type="submit">Use this key</button>
        ${key() ? html`<button type="button" class="quiet" @click=${() => this.#forget()}>Forget the key</button>` : nothing}
      </form>`, this.#host);
  }

  async #use(event) {
    event.preventDefault();
    const form = event.target;
    if (!keep(new FormData(form).get('key'))) {
      this.#fault = 'A key has no spaces and no letters beyond ASCII.';
      this.show();
      return;
    }
    form.reset();
    await this.#frame.learnAccess();
    if (this.#frame.access) {
      location.hash = '#/';
    }
  }

  #forget() {
    forget();
    this.#frame.learnAccess();
  }

  close() {}
}
