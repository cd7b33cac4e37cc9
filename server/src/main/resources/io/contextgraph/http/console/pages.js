// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A list that the server gives page by page, of which somebody sees the first ones and asks for more. */

import {html, nothing} from './lit-html/lit-html.js';
import {ask} from './api.js';
import {Asking} from './asking.js';
import {standing} from './parts.js';

const PAGE = 50;
const LARGEST = 1_000;

export class Pages {
  items = undefined;
  #path;
  #name;
  #cursor = undefined;
  #asking;

  /**
   * @param path of the route
   * @param name what it calls its list
   * @param changed is called whenever it stands otherwise
   */
  constructor(path, name, changed) {
    this.#path = path;
    this.#name = name;
    this.#asking = new Asking(changed);
  }

  /** Asks from the beginning, for as many as are shown. */
  ask() {
    return this.#read({limit: Math.min(LARGEST, Math.max(PAGE, this.items?.length ?? 0))}, []);
  }

  #more() {
    return this.#read({limit: PAGE, cursor: this.#cursor}, this.items);
  }

  #read(query, before) {
    return this.#asking.start(async (signal) => {
      const page = await ask(this.#path, {query, signal});
      this.items = [...before, ...page[this.#name]];
      this.#cursor = page.pagination.has_more ? page.pagination.cursor : undefined;
      return page;
    });
  }

  /** What is the matter where there is no answer. */
  standing(what) {
    return standing(this.#asking, what, () => this.ask());
  }

  /** What asks for the next page, where there is one. */
  moreButton() {
    return this.#cursor === undefined ? nothing : html`<p><button type="button" ?disabled=${this.#asking.isWaiting}
        @click=${() => this.#more()}>Show more</button></p>`;
  }

  stop() {
    this.#asking.stop();
  }
}
