// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A question and how it stands, so that a page can always say what is the matter. */

const SLOW_MILLIS = 2_500;

export class Asking {
  /** `idle`, `waiting`, `slow`, `failed` or `answered`. */
  state = 'idle';
  value = undefined;
  failure = undefined;
  #changed;
  #abort = undefined;
  #slow = undefined;

  /** @param changed is called whenever it stands otherwise */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Asks; an older question is given up. What was answered before stays until there is a new answer. */
  async start(question) {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    this.#now('waiting');
    this.#slow = setTimeout(() => this.#now('slow'), SLOW_MILLIS);
    try {
      const value = await question(abort.signal);
      if (!abort.signal.aborted) {
        this.value = value;
        this.#end('answered');
      }
    } catch (failure) {
      if (!abort.signal.aborted) {
        this.failure = failure;
        this.#end('failed');
      }
    }
  }

  stop() {
    clearTimeout(this.#slow);
    this.#abort?.abort();
  }

  get isWaiting() {
    return this.state === 'waiting' || this.state === 'slow';
  }

  #end(state) {
    clearTimeout(this.#slow);
    if (state === 'answered') {
      this.failure = undefined;
    }
    this.#now(state);
  }

  #now(state) {
    this.state = state;
    this.#changed();
  }
}
