// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Who said what: events by time, calls as cards with what was given and what came back. The list is cut into pieces of some
 * events, and only those near what is seen are in the page.
 */

import {html, nothing, render} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {address} from './address.js';
import {counted, clock, duration} from './format.js';
import {folded, longText, textBeginning, value} from './json.js';
import {markdown} from './markdown.js';
import {onPaper} from './paper.js';
import {eventLink, family, name, status, type} from './parts.js';
import {sealedNote} from './sealed.js';
import {isSealed, says} from './says.js';
import {shown} from './text.js';

const PIECE = 30;
const ESTIMATED_HEIGHT = 104;
const AROUND = '1500px 0px';
const DEEPEST = 6;
const MOST_PRINTED = 1_500;
const MOST_TEXTS = 20;

export class ConversationView {
  #host;
  #page;
  #pieces = [];
  #model = undefined;
  #entries = [];
  /** Of each place which entry has it. */
  #entryOf = new Map();
  #observer;
  #noPaper;

  constructor(host, page) {
    this.#host = host;
    this.#page = page;
    host.tabIndex = 0;
    host.role = 'region';
    host.ariaLabel = 'Conversation';
    this.#observer = new IntersectionObserver((seen) => seen.forEach((one) =>
        one.isIntersecting ? this.#fill(one.target) : this.#clear(one.target)), {root: host, rootMargin: AROUND});
    host.addEventListener('scroll', () => this.#fillWhatIsSeen(), {passive: true});
    this.#noPaper = onPaper((isPrinted) => isPrinted && this.#fillForPaper());
  }

  changed() {
    if (this.#model !== this.#page.model) {
      this.#model = this.#page.model;
      this.#enter();
      this.#cut();
    }
    this.#refresh();
  }

  /** Framework spans that follow each other are one entry; an answer is told with its call. */
  #enter() {
    this.#entries = [];
    this.#entryOf.clear();
    this.#model.events.forEach((event, at) => {
      if (this.#model.answers.has(at)) {
        return;
      }
      const last = this.#entries.at(-1);
      if (event.event_type === 'system.span' && last?.isSpans) {
        last.places.push(at);
      } else {
        this.#entries.push({isSpans: event.event_type === 'system.span', places: [at]});
      }
      this.#entryOf.set(at, this.#entries.length - 1);
    });
    this.#model.results.forEach((answer, call) => this.#entryOf.set(answer, this.#entryOf.get(call)));
  }

  /** Pieces that are there stay: events mostly come behind those that are there. */
  #cut() {
    const wanted = Math.ceil(this.#entries.length / PIECE);
    while (this.#pieces.length > wanted) {
      const gone = this.#pieces.pop();
      this.#observer.unobserve(gone.box);
      gone.box.remove();
    }
    while (this.#pieces.length < wanted) {
      const box = document.createElement('div');
      box.className = 'piece';
      box.piece = {box, number: this.#pieces.length, isFull: false};
      box.style.height = ESTIMATED_HEIGHT * PIECE + 'px';
      this.#pieces.push(box.piece);
      this.#host.append(box);
      this.#observer.observe(box);
    }
    const last = this.#pieces.at(-1);
    if (last && !last.isFull) {
      last.box.style.height = ESTIMATED_HEIGHT * (this.#entries.length - (wanted - 1) * PIECE) + 'px';
    }
  }

  #refresh() {
    this.#pieces.filter((piece) => piece.isFull).forEach((piece) => this.#draw(piece));
  }

  #fill(box) {
    if (!box.piece.isFull) {
      box.piece.isFull = true;
      this.#draw(box.piece);
      box.style.height = '';
      this.#page.payloads.want(this.#placesOf(box.piece).map((at) => this.#model.events[at].event_id));
    }
  }

  #clear(box) {
    if (box.piece.isFull) {
      box.style.height = box.offsetHeight + 'px';
      box.piece.isFull = false;
      render(nothing, box);
    }
  }

  /** The observer comes after the frame in which somebody has jumped: what is seen now must not be blank. */
  #fillWhatIsSeen() {
    const {left, top, width, height} = this.#host.getBoundingClientRect();
    for (const part of [0.02, 0.5, 0.98]) {
      const found = document.elementFromPoint(left + width / 2, top + height * part)?.closest('.piece');
      if (found?.piece) {
        this.#fill(found);
      }
    }
  }

  /** On paper all is there, but for what no printer should be asked for. */
  #fillForPaper() {
    this.#pieces.slice(0, MOST_PRINTED / PIECE).forEach((piece) => this.#fill(piece.box));
  }

  #placesOf(piece) {
    return this.#entriesOf(piece).filter((entry) => !entry.isSpans).flatMap((entry) =>
        entry.places.flatMap((at) => this.#model.results.has(at) ? [at, this.#model.results.get(at)] : [at]));
  }

  #entriesOf(piece) {
    return this.#entries.slice(piece.number * PIECE, (piece.number + 1) * PIECE);
  }

  #draw(piece) {
    const entries = this.#entriesOf(piece);
    render(html`${repeat(entries, (entry) => this.#model.events[entry.places[0]].event_id,
        (entry) => entry.isSpans ? this.#spans(entry) : this.#entry(entry.places[0]))}`, piece.box);
    this.#page.payloads.want(this.#placesOf(piece).map((at) => this.#model.events[at].event_id));
  }

  #spans(entry) {
    const isSelected = entry.places.includes(this.#page.selected);
    const isFailed = entry.places.some((at) => this.#model.failed(at));
    return html`<details class="spans ${isSelected ? 'selected' : ''} ${isFailed ? 'failed' : ''}" ?open=${isSelected || isFailed}>
      <summary>${counted(entry.places.length, 'framework span')}</summary>
      <ul class="plain">${entry.places.slice(0, 200).map((at) => {
        const event = this.#model.events[at];
        return html`<li class=${at === this.#page.selected ? 'selected' : ''} data-at=${at}>${clock(event.occurred_at)} ${name(event.agent_id)}
          ${status(event.status)} ${eventLink(event.event_id)}</li>`;
      })}</ul>
      ${entry.places.length > 200 ? html`<p class="dim">The table has all of them.</p>` : nothing}</details>`;
  }

  #entry(at) {
    const event = this.#model.events[at];
    const took = this.#model.end(at) - this.#model.begin(at);
    const classes = ['said', 'said-' + family(event.event_type), 'indent-' + Math.min(DEEPEST, this.#model.agentDepths[at])];
    if (this.#model.failed(at)) {
      classes.push('failed');
    }
    if (this.#page.find.has(at)) {
      classes.push('match');
    }
    const isSelected = at === this.#page.selected;
    return html`<article class="${classes.join(' ')} ${isSelected ? 'selected' : ''}" data-at=${at}
        aria-current=${isSelected ? 'true' : nothing} aria-label=${event.event_type}
        @click=${(click) => click.target.closest('a, button, summary, details') || this.#page.select(at, false)}>
      <header><strong class="who">${name(event.agent_id)}</strong> ${type(event.event_type)}
        ${event.tool_name ? html`<span class="tool">${name(event.tool_name)}</span>` : nothing} ${status(this.#model.status(at))}
        <span class="when">${clock(event.occurred_at)}${took > 0 ? html` <span class="dim">${duration(took)}</span>` : nothing}</span>
        ${eventLink(event.event_id, 'Event')}</header>
      ${this.#said(at)}</article>`;
  }

  #said(at) {
    const event = this.#model.events[at];
    const payload = this.#page.payloads.of(event.event_id);
    if (payload === undefined) {
      return html`<p class="dim">\u2026</p>`;
    }
    if (payload instanceof Error) {
      return html`<p class="fault">The payload could not be read: ${shown(payload.message)}</p>`;
    }
    if (payload === null) {
      return event.data_subject_id
          ? html`<p class="dim">About a person; there is no payload any more. <a href=${address(['events', event.event_id])}>Why</a></p>`
          : html`<p class="dim">No payload here: it is at <bdi>${shown(event.payload_ref)}</bdi></p>`;
    }
    return isSealed(payload) ? sealedNote(event, this.#page.frame) : this.#told(at, says(payload));
  }

  #told(at, said) {
    const result = this.#model.results.get(at);
    const later = result === undefined ? undefined : this.#page.payloads.of(this.#model.events[result].event_id);
    const back = said.back ?? (later && !(later instanceof Error) && !isSealed(later) ? answer(says(later)) : undefined);
    const asked = said.texts.filter((one) => isQuestion(one.label));
    const told = said.texts.filter((one) => !isQuestion(one.label));
    return html`
      ${said.from || said.to || said.model ? html`<p class="dim">${said.from ? html`from ${name(said.from)} ` : nothing}${said.to
          ? html`to ${name(said.to)} ` : nothing}${said.model ? html`model ${name(said.model)}` : nothing}</p>` : nothing}
      ${asked.length > 0 ? folded(counted(asked.length, 'message') + ' before', textBeginning(asked.at(-1).text), () =>
          html`${asked.map((one) => html`<div class="value"><span class="dim">${shown(one.label)}</span> ${this.#words(one.text)}</div>`)}`) : nothing}
      ${told.slice(0, MOST_TEXTS).map((one) => html`<div class="words">${this.#words(one.text)}</div>`)}
      ${told.length > MOST_TEXTS ? html`<p class="dim">and ${counted(told.length - MOST_TEXTS, 'text')} more: ${eventLink(this.#model.events[at].event_id, 'all of it')}</p>` : nothing}
      ${said.calls.map((call) => html`<div class="call">calls <span class="tool">${name(call.name)}</span>
        ${call.given === undefined ? nothing : value('with', call.given)}</div>`)}
      ${said.given === undefined ? nothing : value('Given', said.given)}
      ${back === undefined ? nothing : value('Came back', back)}
      ${said.error === undefined ? nothing : html`<div class="fault">${value('Failed', said.error)}</div>`}
      ${said.usage ? html`<p class="dim">${said.usage.input ?? 0} tokens in, ${said.usage.output ?? 0} out</p>` : nothing}`;
  }

  /** What somebody wrote, as Markdown unless it is wanted as it was written. */
  #words(text) {
    return this.#page.parameter('text') === 'written' ? longText(text) : markdown(text);
  }

  payloadsCame(ids) {
    const places = new Set(ids.map((id) => this.#model?.places.get(id)));
    this.#pieces.filter((piece) => piece.isFull && this.#placesOf(piece).some((at) => places.has(at)))
        .forEach((piece) => this.#draw(piece));
  }

  reveal(at) {
    const entry = this.#entryOf.get(at);
    if (entry === undefined) {
      return;
    }
    const piece = this.#pieces[Math.floor(entry / PIECE)];
    this.#fill(piece.box);
    const first = this.#entries[entry].places.includes(at) ? at : this.#entries[entry].places[0];
    const found = piece.box.querySelector(`[data-at="${first}"]`);
    // Only the view moves, not the page around it.
    const box = found?.getBoundingClientRect();
    const seen = this.#host.getBoundingClientRect();
    if (box && (box.top < seen.top || box.bottom > seen.bottom)) {
      this.#host.scrollTop += box.top - seen.top - Math.max(0, (seen.height - box.height) / 2);
    }
  }

  step(at, by) {
    const entry = this.#entryOf.get(at);
    const next = entry === undefined ? 0 : entry + by;
    return this.#entries[Math.min(Math.max(0, next), this.#entries.length - 1)]?.places[0] ?? -1;
  }

  close() {
    this.#observer.disconnect();
    this.#noPaper();
  }
}

function isQuestion(label) {
  return label === 'asked' || label === 'user' || label === 'system' || label === 'developer';
}

function answer(said) {
  return said.back ?? said.error ?? said.texts[0]?.text;
}
