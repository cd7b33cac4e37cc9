// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * A list of any length: only the rows that can be seen, and some around them, are in the page. They are made while the list
 * is scrolled, not after it, so that there is never a blank row.
 */

import {html, render} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {isPaper, onPaper} from './paper.js';

const AROUND = 12;

/** On paper all rows are there, but for what no printer should be asked for. */
const MOST_PRINTED = 5_000;

export class Rows {
  #box;
  #spacer;
  #window;
  #options;
  #count = 0;
  #resized;
  #isPrinted = isPaper();
  #noPaper;

  /**
   * @param box the element that scrolls
   * @param height of a row, in pixels
   * @param row makes the row of a number: a template
   * @param keyOf what a row is known by when others come before it
   * @param windowRole what the element around the rows is
   * @param seen is told the first and the last number that are made
   */
  constructor(box, options) {
    this.#box = box;
    this.#options = {windowRole: 'presentation', keyOf: (at) => at, seen: () => {}, ...options};
    this.#spacer = document.createElement('div');
    this.#spacer.className = 'rows-spacer';
    this.#spacer.role = 'presentation';
    this.#window = document.createElement('div');
    this.#window.className = 'rows-window';
    this.#window.role = this.#options.windowRole;
    this.#spacer.append(this.#window);
    box.append(this.#spacer);
    box.addEventListener('scroll', () => this.draw(), {passive: true});
    this.#resized = new ResizeObserver(() => this.draw());
    this.#resized.observe(box);
    this.#noPaper = onPaper((isPrinted) => {
      this.#isPrinted = isPrinted;
      this.draw();
    });
  }

  /** How many rows there are now. */
  set count(count) {
    this.#count = count;
    this.#spacer.style.height = count * this.#options.height + 'px';
    this.draw();
  }

  draw() {
    const {height, row, keyOf, seen} = this.#options;
    const top = Math.max(0, this.#box.scrollTop - this.#spacer.offsetTop);
    const first = this.#isPrinted ? 0 : Math.max(0, Math.floor(top / height) - AROUND);
    const last = Math.min(this.#count, this.#isPrinted ? MOST_PRINTED : Math.ceil((top + this.#box.clientHeight) / height) + AROUND);
    const numbers = [];
    for (let at = first; at < last; at++) {
      numbers.push(at);
    }
    this.#window.style.transform = `translateY(${first * height}px)`;
    render(html`${repeat(numbers, keyOf, row)}`, this.#window);
    seen(first, last);
  }

  /** Scrolls as little as is needed to see a row. */
  reveal(at) {
    const {height} = this.#options;
    const begin = at * height;
    const head = this.#spacer.offsetTop;
    if (begin < this.#box.scrollTop) {
      this.#box.scrollTop = begin;
    } else if (begin + height + head > this.#box.scrollTop + this.#box.clientHeight) {
      this.#box.scrollTop = begin + height + head - this.#box.clientHeight + height * 2;
    }
    this.draw();
  }

  stop() {
    this.#resized.disconnect();
    this.#noPaper();
  }
}
