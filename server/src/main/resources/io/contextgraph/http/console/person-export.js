// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** All that is about a person, as a file: however much it is, it comes in pieces, and the page goes on meanwhile. */

import {html, nothing} from './lit-html/lit-html.js';
import {open, Unreachable} from './api.js';
import {bytes, count, counted} from './format.js';
import {download, failure} from './parts.js';
import {shown} from './text.js';

const TYPE = 'application/x-ndjson';

/** What has come is handed over to the browser in pieces of this size, which keeps large ones out of memory. */
const PIECE_BYTES = 4_000_000;

const TELL_MILLIS = 200;
const UNREAD = 20;

export class PersonExport {
  #changed;
  #abort = undefined;
  #bytes = 0;
  #told = 0;
  #end = undefined;
  #failure = undefined;

  /** @param changed is called whenever it stands otherwise */
  constructor(changed) {
    this.#changed = changed;
  }

  get runs() {
    return this.#abort !== undefined;
  }

  /** @param name of the file, without its ending */
  async start(person, name) {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    this.#bytes = 0;
    this.#end = undefined;
    this.#failure = undefined;
    this.#changed();
    try {
      const file = await this.#read(person, abort.signal);
      const end = (await lastLine(file))?.exported;
      if (end === undefined) {
        throw new Unreachable('The export has broken off before its end: nothing was saved.');
      }
      this.#end = end;
      download(name + '.ndjson', TYPE, file);
    } catch (problem) {
      this.#failure = abort.signal.aborted ? undefined : problem;
    }
    if (this.#abort === abort) {
      this.#abort = undefined;
      this.#changed();
    }
  }

  async #read(person, signal) {
    const answer = await open(['v1', 'subjects', person, 'export'], {accept: TYPE, signal});
    const parts = [];
    let piece = [];
    let size = 0;
    for await (const chunk of chunks(answer, signal)) {
      piece.push(chunk);
      size += chunk.length;
      this.#bytes += chunk.length;
      if (size >= PIECE_BYTES) {
        parts.push(new Blob(piece));
        piece = [];
        size = 0;
      }
      this.#tell();
    }
    return new Blob([...parts, ...piece], {type: TYPE});
  }

  #tell() {
    const now = performance.now();
    if (now - this.#told > TELL_MILLIS) {
      this.#told = now;
      this.#changed();
    }
  }

  /** How it goes, and what came of it. */
  view() {
    if (this.runs) {
      return html`<p class="state"><span role="status">The export comes:</span> ${bytes(this.#bytes)} so far.
        <button type="button" @click=${() => this.stop()}>End it</button></p>`;
    }
    if (this.#failure) {
      return failure(this.#failure);
    }
    const end = this.#end;
    return end ? html`<p class="state" role="status">Exported: ${counted(end.ledger, 'event')} of the ledger, ${count(end.archived)} that only the archive has,
        ${bytes(this.#bytes)}. The browser has saved it.</p>
      ${end.unread.length ? html`<div class="note"><p>${counted(end.unread.length, 'part')} could not be read:</p>
        <ul class="plain">${end.unread.slice(0, UNREAD).map((one) => html`<li><bdi>${shown(one)}</bdi></li>`)}</ul></div>` : nothing}` : nothing;
  }

  /** Ends it; what has come is given up. */
  stop() {
    this.#abort?.abort();
    this.#abort = undefined;
    this.#changed();
  }
}

async function* chunks(answer, signal) {
  const reader = answer.body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield next.value;
    }
  } catch (problem) {
    throw signal.aborted ? problem : new Unreachable('The server has broken the export off: nothing was saved.');
  }
}

/** The last line, which says what was exported; undefined where it is none. */
async function lastLine(file) {
  for (let size = 65_536; ; size *= 4) {
    const text = await file.slice(Math.max(0, file.size - size)).text();
    const line = text.replace(/\n$/, '');
    const begin = line.lastIndexOf('\n');
    if (begin >= 0 || size >= file.size) {
      try {
        return text.endsWith('\n') ? JSON.parse(line.slice(begin + 1)) : undefined;
      } catch {
        return undefined;
      }
    }
  }
}
