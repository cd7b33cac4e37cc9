// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Texts of others, as they are shown. They are put into the page as text, never as markup. What would change the direction of
 * the text around it, or is not visible at all, is shown by its number instead: a reader sees what is really there.
 */

import {html} from './lit-html/lit-html.js';

// Marks, embeddings, overrides and isolates of direction; controls but tab and the ends of lines.
const HIDDEN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;
const EACH = new RegExp('(' + HIDDEN.source + ')', 'g');

function number(mark) {
  return 'U+' + mark.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
}

/** A text as a part of a template. */
export function shown(text) {
  const whole = String(text);
  if (!HIDDEN.test(whole)) {
    return whole;
  }
  return whole.split(EACH).map((part) =>
      part.length === 1 && HIDDEN.test(part)
          ? html`<span class="mark" title="a character that is not visible">${number(part)}</span>`
          : part);
}

/** The same for where only plain text can stand, such as a label. */
export function plain(text) {
  return String(text).replace(EACH, (mark) => '\u27e8' + number(mark) + '\u27e9');
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
