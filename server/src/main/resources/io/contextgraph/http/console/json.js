// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** JSON, folded: what nobody opens is not made, and what is long comes in pieces, so that no size blocks the page. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {bytes, count} from './format.js';
import {media, picture} from './media.js';
import {cut, line, plain, shown} from './text.js';

const ENTRIES_AT_ONCE = 100;
const PREVIEWED = 4;
const CHARACTERS_AT_ONCE = 4_000;

/** A value; the outermost object is open. */
export function jsonView(value) {
  return isBranch(value)
      ? html`<div class="json">${entries(value)}</div>`
      : html`<div class="json"><span class="json-leaf">${leaf(value)}</span></div>`;
}

function entries(value, from = 0) {
  const names = Array.isArray(value) ? value : Object.keys(value);
  if (names.length === 0) {
    return html`<span class="json-leaf dim">${Array.isArray(value) ? '[]' : '{}'}</span>`;
  }
  const end = Math.min(names.length, from + ENTRIES_AT_ONCE);
  const some = names.slice(from, end).map((one, at) => Array.isArray(value) ? [String(from + at), one] : [one, value[one]]);
  return html`<ul class="json-entries">${some.map(([name, one]) => html`<li>${entry(name, one)}</li>`)}</ul>
    ${end < names.length ? more(`Show ${count(Math.min(ENTRIES_AT_ONCE, names.length - end))} more of ${count(names.length)}`,
        () => entries(value, end)) : nothing}`;
}

function entry(name, value) {
  if (!isBranch(value)) {
    return html`<span class="json-name">${shown(name)}</span> <span class="json-leaf">${leaf(value)}</span>`;
  }
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  return html`<details @toggle=${(event) => open(event.currentTarget, value)}>
    <summary><span class="json-name">${shown(name)}</span>
      <span class="dim">${Array.isArray(value) ? `[${count(size)}]` : `{${count(size)}}`} ${preview(value)}</span></summary>
    <div class="json-inside"></div></details>`;
}

function open(details, value) {
  const inside = details.querySelector(':scope > .json-inside');
  if (details.open && !inside.firstChild) {
    render(entries(value), inside);
  }
}

/** The beginning of what is inside, on one line. */
function preview(value) {
  const names = Array.isArray(value) ? value.slice(0, PREVIEWED).keys() : Object.keys(value).slice(0, PREVIEWED);
  const some = Array.from(names, (name) => [name, value[name]]).map(([name, one]) =>
      (Array.isArray(value) ? '' : cut(name, 24) + ': ') + (isBranch(one) ? '\u2026' : typeof one === 'string' && media(one) ? media(one).type : line(String(one), 32)));
  return shown(cut(some.join(', '), 100));
}

function leaf(value) {
  if (typeof value !== 'string') {
    return html`<span class="json-other">${String(value)}</span>`;
  }
  return longText(value);
}

/** A text; binary data is named, and a long text comes in pieces. */
export function longText(text, from = 0) {
  const found = from === 0 ? media(text) : undefined;
  if (found) {
    return binary(found);
  }
  if (text.length - from <= CHARACTERS_AT_ONCE) {
    return html`<bdi class="text">${shown(text.slice(from))}</bdi>`;
  }
  let end = from + CHARACTERS_AT_ONCE;
  if (/[\ud800-\udbff]/.test(text[end - 1])) {
    end--;
  }
  return html`<bdi class="text">${shown(text.slice(from, end))}</bdi>${
    more(`Show more: ${count(text.length - end)} characters are left`, () => longText(text, end))}`;
}

function binary(found) {
  const name = `${plain(found.type)}, ${bytes(found.bytes)}`;
  return found.showable
      ? html`<span class="binary">${name}</span> ${more('Show the picture', () => {
        const address = picture(found);
        return html`<img class="picture" src=${address} alt=${'Picture in the payload: ' + name}
            @load=${() => URL.revokeObjectURL(address)} @error=${() => URL.revokeObjectURL(address)}>`;
      })}`
      : html`<span class="binary">${name}, not shown</span>`;
}

/** A button that what it stands for takes the place of. */
function more(label, make) {
  return html`<span class="more"><button type="button" class="link" @click=${(event) => {
    const place = event.currentTarget.parentNode;
    const box = document.createElement('span');
    place.replaceWith(box);
    render(make(), box);
    box.tabIndex = -1;
    box.focus({preventScroll: true});
  }}>${label}</button></span>`;
}

function isBranch(value) {
  return typeof value === 'object' && value !== null;
}

/** What is made when it is opened; closed, it shows a label and the beginning. */
export function folded(label, beginning, make) {
  return html`<details class="folded" @toggle=${(event) => {
    const inside = event.currentTarget.querySelector(':scope > .folded-inside');
    if (event.currentTarget.open && !inside.firstChild) {
      render(make(), inside);
    }
  }}><summary>${label} <span class="dim">${beginning}</span></summary><div class="folded-inside"></div></details>`;
}

/** A value, folded if there is much of it. */
export function value(label, what) {
  if (typeof what === 'string') {
    return what.length <= 400 && !media(what)
        ? html`<p class="value"><span class="dim">${label}</span> <bdi class="text">${shown(what)}</bdi></p>`
        : folded(label, textBeginning(what), () => longText(what));
  }
  return isBranch(what) ? folded(label, preview(what), () => jsonView(what))
      : html`<p class="value"><span class="dim">${label}</span> ${String(what)}</p>`;
}

/** The beginning of a text, on one line; of binary data what it is. */
export function textBeginning(text) {
  const found = media(text);
  return found ? `${plain(found.type)}, ${bytes(found.bytes)}` : shown(line(text, 120));
}
