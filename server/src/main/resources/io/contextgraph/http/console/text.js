// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Texts of others, as they are shown. They are put into the page as text, never as markup. What would change the direction of
 * the text around it, or is not visible at all, is shown by its number instead: a reader sees what is really there.
 */

import {html} from './lit-html/lit-html.js';

// Marks, embeddings, overrides and isolates of direction; controls but tab and the ends of lines; spaces of no width, fillers and tags;
// halves of characters, and what is none. Joiners stay: emoji and some scripts need them.
const HIDDEN = new RegExp('[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ufeff'
    + '\\u00ad\\u115f\\u1160\\u180e\\u200b\\u2060-\\u2065\\u206a-\\u206f\\u3164\\uffa0\\ufff9-\\ufffb\\ufffe\\uffff\\ud800-\\udfff\\u{e0000}-\\u{e0fff}]', 'u');
const EACH = new RegExp('(' + HIDDEN.source + ')', 'gu');
const RUNS = new RegExp('(' + HIDDEN.source + '+)', 'gu');
const MOST_IN_A_ROW = 8;

/** A text in which there is nothing to see. */
const BLANK = /^[\s\u200c\u200d\u2800\ufe00-\ufe0f]+$/;

function number(mark) {
  return 'U+' + mark.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
}

/** A text as a part of a template. */
export function shown(text) {
  const whole = String(text);
  // What a text is split by comes between the parts.
  return HIDDEN.test(whole) ? whole.split(RUNS).map((part, at) => at % 2 === 1 ? run(Array.from(part)) : part) : whole;
}

/** Of many in a row, which may be a text that is hidden in tags, the first ones, how many there are, and what they say. */
function run(characters) {
  const more = characters.length - MOST_IN_A_ROW;
  const told = characters.slice(0, MOST_IN_A_ROW).map(marked);
  return more <= 0 ? told : [told, html`<span class="mark" title=${characters.map(letter).join('')}>and ${more} more that are not visible</span>`];
}

/** What a tag stands for. */
function letter(character) {
  const code = character.codePointAt(0) - 0xe0000;
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '';
}

function marked(character) {
  return html`<span class="mark" title="a character that is not visible">${number(character)}</span>`;
}

/** A name or an id: one of spaces only is shown by their numbers, because there would be nothing to read or to click. */
export function shownName(text) {
  return BLANK.test(text) ? Array.from(text, marked) : shown(text);
}

/** The same for where only plain text can stand, such as a label. */
export function plain(text) {
  const whole = String(text);
  return whole.replace(BLANK.test(whole) ? /(.)/gsu : EACH, (mark) => '\u27e8' + number(mark) + '\u27e9');
}

/** The beginning and the end of a long text. What is seen as one character is not torn. */
export function shortened(text, most) {
  if (text.length <= most) {
    return text;
  }
  const characters = Array.from(new Intl.Segmenter().segment(text), ({segment}) => segment);
  return characters.length <= most ? text
      : characters.slice(0, most / 2).join('') + '\u2026' + characters.slice(1 - most / 2).join('');
}

/** At most so many characters; one more, the ellipsis, where there were more. No pair of surrogates is torn. */
export function cut(text, most) {
  if (text.length <= most) {
    return text;
  }
  const end = /[\ud800-\udbff]/.test(text[most - 1]) ? most - 1 : most;
  return text.slice(0, end) + '\u2026';
}

/** The beginning of a text on one line. */
export function line(text, most) {
  return cut(text.slice(0, most * 4).replace(/\s+/g, ' ').trim(), most);
}

/** The texts of several that there are. */
export function joined(texts, between) {
  return texts.filter((text) => text).join(between);
}
