// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Markdown, as those who write for people mean it. The library only takes a text apart; what is put into the page is made here,
 * part by part, and each text of it as text. Nothing of a message may be hidden by how it is written: markup is shown as it is, a
 * link says where it leads, a picture elsewhere is named and not asked for, and what cannot be shown whole in this way is shown
 * as it was written.
 */

import './markdown-it/markdown-it.min.js';
import {html, nothing} from './lit-html/lit-html.js';
import {longText} from './json.js';
import {media} from './media.js';
import {plain, shown} from './text.js';

/** Longer texts are shown as they were written, piece by piece. */
const MOST_CHARACTERS = 30_000;
const MOST_NESTING = 40;
const MOST_PARTS = 1_500;

/** Without definitions of links, which are not to be seen. */
const parser = globalThis.markdownit({html: false, maxNesting: MOST_NESTING}).disable('reference');

/** A text that may be Markdown. */
export function markdown(text) {
  if (text.length > MOST_CHARACTERS || media(text)) {
    return longText(text);
  }
  const tokens = parser.parse(text, {});
  return size(tokens) <= MOST_PARTS && isWhole(tokens, text) ? html`<div class="markdown">${parts(tokens)}</div>` : longText(text);
}

/** How many parts a text is taken apart into. */
function size(tokens) {
  return tokens.reduce((sum, token) => sum + 1 + (token.children?.length ?? 0), 0);
}

/** Whether all of a text is in what it was taken apart into: what is nested too deep is not, and cells that have no column. */
function isWhole(tokens, text) {
  const lines = text.split(/\r\n?|\n/);
  let columns = 0;
  return !text.includes('\0') && tokens.every((token) => {
    if (token.type === 'thead_open') {
      columns = 0;
    } else if (token.type === 'th_open') {
      columns++;
    }
    return token.level < MOST_NESTING - 2 && !(token.type === 'tr_open' && columns > 0 && cells(lines[token.map[0]]) > columns);
  });
}

/** At least as many as the cells of a line of a table. */
function cells(line) {
  return line.replaceAll('\\|', '').trim().replace(/^\||\|$/g, '').split('|').length;
}

/** What tokens stand for: each that opens something goes with all up to the one that closes it. */
function parts(tokens) {
  const made = [];
  for (let at = 0; at < tokens.length; at++) {
    let end = at;
    if (tokens[at].nesting === 1) {
      for (let depth = 1; depth > 0; depth += tokens[++end].nesting) {
        // Up to the one that closes it.
      }
    }
    made.push(part(tokens[at], tokens.slice(at + 1, end)));
    at = end;
  }
  return made;
}

function part(token, inside) {
  switch (token.type) {
    case 'inline':
      return parts(token.children);
    case 'paragraph_open':
      return token.hidden ? parts(inside) : html`<p>${parts(inside)}</p>`;
    case 'heading_open':
      return html`<p class=${'heading heading-' + token.tag}>${parts(inside)}</p>`;
    case 'bullet_list_open':
      return html`<ul>${parts(inside)}</ul>`;
    case 'ordered_list_open':
      return html`<ol start=${token.attrGet('start') ?? nothing}>${parts(inside)}</ol>`;
    case 'list_item_open':
      return html`<li value=${token.info || nothing}>${parts(inside)}</li>`;
    case 'blockquote_open':
      return html`<blockquote>${parts(inside)}</blockquote>`;
    case 'fence':
    case 'code_block':
      return html`<pre>${token.info ? html`<span class="dim">${shown(token.info)}</span>
` : nothing}<code>${longText(token.content.replace(/\n$/, ''))}</code></pre>`;
    case 'hr':
      return html`<hr>`;
    case 'table_open':
      return html`<div class="scrolled" tabindex="0" role="region" aria-label="Table"><table class="small">${parts(inside)}</table></div>`;
    case 'thead_open':
      return html`<thead>${parts(inside)}</thead>`;
    case 'tbody_open':
      return html`<tbody>${parts(inside)}</tbody>`;
    case 'tr_open':
      return html`<tr>${parts(inside)}</tr>`;
    case 'th_open':
      return html`<th scope="col">${parts(inside)}</th>`;
    case 'td_open':
      return html`<td>${parts(inside)}</td>`;
    case 'em_open':
      return html`<em>${parts(inside)}</em>`;
    case 'strong_open':
      return html`<strong>${parts(inside)}</strong>`;
    case 's_open':
      return html`<s>${parts(inside)}</s>`;
    case 'code_inline':
      return html`<code>${shown(token.content)}</code>`;
    case 'softbreak':
    case 'hardbreak':
      return html`<br>`;
    case 'link_open':
      return link(token, inside);
    case 'image':
      return image(token);
    default:
      return shown(token.content);
  }
}

/** An address that is another than the text says is told beside it. */
function link(token, inside) {
  const to = token.attrGet('href');
  const title = token.attrGet('title');
  const says = inside.map((one) => one.content).join('');
  return html`${/^https?:/i.test(to)
      ? html`<a href=${to} target="_blank" rel="noopener noreferrer nofollow">${parts(inside)}</a>` : parts(inside)}${
    says === to && !title ? nothing : html` <span class="dim">(${shown(readable(to))}${title ? html`, ${shown(title)}` : nothing})</span>`}`;
}

function image(token) {
  const from = token.attrGet('src');
  const title = token.attrGet('title');
  return media(from) ? html`${token.content ? html`picture ${shown(token.content)} ` : nothing}${longText(from)}${
    title ? html` <span class="dim">(${shown(title)})</span>` : nothing}`
      : html`<span class="binary">picture ${shown(token.content)}</span> <span class="dim">(${shown(readable(from))}${
        title ? html`, ${shown(title)}` : nothing}, not loaded)</span>`;
}

/** As it was written, where the library has escaped it. */
function readable(address) {
  try {
    return decodeURI(address);
  } catch {
    return plain(address);
  }
}
