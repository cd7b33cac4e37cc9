// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Follows the ledger over Server-Sent Events, by fetch: the key goes in a header, and the id of the last message, too. */

import {open, Refusal} from './api.js';
import {askPartitions, ends} from './partitions.js';

/** The server sends something every 15 seconds: a connection that has been silent for so long is dead. */
const SILENCE_MILLIS = 40_000;

const FIRST_PAUSE_MILLIS = 1_000;
const LONGEST_PAUSE_MILLIS = 30_000;

/** These end it: to ask again would change nothing. */
const FINAL = new Set([400, 401, 403, 404, 422]);

/** Reads messages out of pieces of text, by section 9.2 of the HTML Living Standard. */
export class Messages {
  #rest = '';
  #type = '';
  #data = [];
  /** Of the last message that came to its end. */
  lastId = '';
  #id = '';

  /** The messages that end in this piece. */
  read(piece) {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    const messages = [];
    for (const line of lines) {
      if (line === '') {
        this.lastId = this.#id;
        if (this.#data.length > 0) {
          messages.push({type: this.#type || 'message', data: this.#data.join('\n'), id: this.#id});
        }
        this.#type = '';
        this.#data = [];
      } else if (!line.startsWith(':')) {
        this.#field(line);
      }
    }
    return messages;
  }

  #field(line) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') {
      this.#type = value;
    } else if (name === 'data') {
      this.#data.push(value);
    } else if (name === 'id' && !value.includes('\0')) {
      this.#id = value;
    }
  }
}

/**
 * Follows until `signal` ends it. A connection that breaks is made again, behind the last message: none is lost, none comes twice.
 *
 * @param query filters, and from
 * @param onEvent is given each event
 * @param onState is told `live`, `waiting` (with what is wrong) or `ended` (with why)
 */
export async function follow({query, onEvent, onState, signal}) {
  let last = '';
  let begun = undefined;
  let pause = FIRST_PAUSE_MILLIS;
  while (!signal.aborted) {
    try {
      begun ??= await beginning(query, signal);
      await once({query: begun, last, onEvent, signal, onLive: () => {
        pause = FIRST_PAUSE_MILLIS;
        onState('live');
      }, onLast: (id) => {
        last = id;
      }});
      onState('waiting', 'The stream has ended; it is asked for again.');
    } catch (failure) {
      if (signal.aborted) {
        return;
      }
      if (failure instanceof Refusal && FINAL.has(failure.status)) {
        onState('ended', failure.message);
        return;
      }
      if (failure instanceof Refusal && failure.status === 410) {
        // What was read is not there any more: go on with what is new, and say so.
        last = '';
        begun = {...query, from: 'latest'};
      }
      onState('waiting', failure instanceof Refusal ? failure.message : 'The connection broke off; it is made again.');
    }
    await paused(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
  }
}

/** Where the newest is now: a connection that breaks before the first message is made again from there, and loses nothing. */
async function beginning(query, signal) {
  if (query.from !== 'latest') {
    return query;
  }
  return {...query, from: ends(await askPartitions(signal))};
}

async function once({query, last, onEvent, onLive, onLast, signal}) {
  const silence = new AbortController();
  let alarm = setTimeout(() => silence.abort(), SILENCE_MILLIS);
  try {
    const answer = await open(['v1', 'events', 'stream'], {
      accept: 'text/event-stream',
      query: last ? {...query, from: undefined} : query,
      headers: last ? {'Last-Event-ID': last} : {},
      signal: AbortSignal.any([signal, silence.signal]),
    });
    onLive();
    const messages = new Messages();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      clearTimeout(alarm);
      alarm = setTimeout(() => silence.abort(), SILENCE_MILLIS);
      for (const message of messages.read(piece.value)) {
        if (message.type === 'problem') {
          const problem = JSON.parse(message.data);
          throw new Refusal(problem.code === 'epoch_ended' || problem.code === 'position_pruned' ? 410 : 503, problem);
        }
        onEvent(JSON.parse(message.data));
        // A problem may follow in the same piece.
        onLast(message.id);
      }
      if (messages.lastId) {
        onLast(messages.lastId);
      }
    }
  } finally {
    clearTimeout(alarm);
  }
}

function paused(millis, signal) {
  return new Promise((go) => {
    const timer = setTimeout(go, millis);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      go();
    }, {once: true});
  });
}
