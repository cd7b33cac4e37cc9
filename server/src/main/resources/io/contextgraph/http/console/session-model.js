// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * What a session's events are to each other: causes and effects, calls and what answered them, who works for whom. Only what
 * is recorded counts: a cause that is not among the events is said to be elsewhere, never guessed.
 */

const OPEN = new Set(['pending', 'running']);
/** How an event that has failed stands. */
export const FAILED = new Set(['failed', 'timeout']);

/** @param events by time, as the server has them */
export function model(events) {
  return new SessionModel(events);
}

class SessionModel {
  /** By the id of an event, where it is in the list. */
  places = new Map();
  /** Of each event the place of its cause; -1 where it has none here. */
  parents;
  /** Of each event the places of its effects, by time. */
  children;
  /** All places, each cause before its effects. */
  order = [];
  /** Of each event how many causes stand before it. */
  depths;
  /** Of each event how far it is to be indented: a cause with one effect only does not indent it. */
  indents;
  /** Of each event how many agents stand between it and the first: sub-agents have more. */
  agentDepths;
  /** Of calls that were answered later, the place of the answer. */
  results = new Map();
  /** Places of answers that are told with their call. */
  answers = new Set();
  /** Places of what has failed, by time. */
  failures = [];

  constructor(events) {
    this.events = events;
    events.forEach((event, at) => this.places.set(event.event_id, at));
    this.parents = new Int32Array(events.length).fill(-1);
    this.children = new Map();
    events.forEach((event, at) => {
      const parent = event.parent_event_id ? this.places.get(event.parent_event_id) ?? -1 : -1;
      this.parents[at] = parent;
      if (parent >= 0) {
        if (this.children.has(parent)) {
          this.children.get(parent).push(at);
        } else {
          this.children.set(parent, [at]);
        }
      }
    });
    this.#pairCalls();
    this.#walk();
    this.failures = events.map((_, at) => at).filter((at) => !this.answers.has(at) && this.failed(at));
  }

  #pairCalls() {
    this.events.forEach((event, at) => {
      const call = this.parents[at];
      if (event.event_type !== 'tool.result' || call < 0) {
        return;
      }
      const called = this.events[call];
      const known = this.results.get(call);
      if (called.event_type === 'tool.execute' && OPEN.has(called.status)
          && (known === undefined || this.events[known].seq < event.seq)) {
        this.results.set(call, at);
      }
    });
    this.results.forEach((result) => this.answers.add(result));
  }

  #walk() {
    const length = this.events.length;
    this.depths = new Int32Array(length);
    this.indents = new Int32Array(length);
    this.agentDepths = new Int32Array(length);
    const seen = new Uint8Array(length);
    const agents = new Array(length);
    for (let root = 0; root < length; root++) {
      if (this.parents[root] < 0) {
        this.#from(root, seen, agents);
      }
    }
    // Events that cause each other in a circle: one of them has to be the first.
    for (let at = 0; at < length; at++) {
      if (!seen[at]) {
        this.#from(at, seen, agents);
      }
    }
  }

  #from(root, seen, agents) {
    const stack = [root];
    while (stack.length > 0) {
      const at = stack.pop();
      if (seen[at]) {
        continue;
      }
      seen[at] = 1;
      this.order.push(at);
      const parent = this.parents[at];
      const agent = this.events[at].agent_id;
      if (at === root) {
        agents[at] = {agent, above: undefined, depth: 0};
      } else {
        const siblings = this.children.get(parent).length;
        this.depths[at] = this.depths[parent] + 1;
        this.indents[at] = this.indents[parent] + (siblings > 1 ? 1 : 0);
        agents[at] = under(agents[parent], agent);
      }
      this.agentDepths[at] = agents[at].depth;
      const effects = this.children.get(at) ?? [];
      for (let i = effects.length - 1; i >= 0; i--) {
        stack.push(effects[i]);
      }
    }
  }

  /** How it ended; of a call that was answered later, by the answer. */
  status(at) {
    const result = this.results.get(at);
    return (result === undefined ? undefined : this.events[result].status) ?? this.events[at].status;
  }

  failed(at) {
    return FAILED.has(this.status(at));
  }

  begin(at) {
    return Date.parse(this.events[at].occurred_at);
  }

  /** When it ended; of an event that is of a moment only, that moment. */
  end(at) {
    const result = this.results.get(at);
    const event = result === undefined ? this.events[at] : this.events[result];
    return Math.max(this.begin(at), Date.parse(event.ended_at ?? event.occurred_at));
  }

  /** Whether its cause is recorded, but not among these events. */
  isCausedElsewhere(at) {
    return Boolean(this.events[at].parent_event_id) && this.parents[at] < 0;
  }

  /** Whether another call of a model is recorded under it: then that one says what it used. */
  isWrapper(at) {
    if (this.end(at) === this.begin(at)) {
      return false;
    }
    const stack = [...(this.children.get(at) ?? [])];
    let looked = 0;
    while (stack.length > 0 && looked++ < 1_000) {
      const effect = stack.pop();
      const event = this.events[effect];
      // What it caused later is no part of it.
      if (this.begin(effect) > this.end(at)) {
        continue;
      }
      if (event.event_type.startsWith('llm.') && this.end(effect) <= this.end(at)) {
        return true;
      }
      stack.push(...(this.children.get(effect) ?? []));
    }
    return false;
  }
}

/** The chain of agents above; an agent that stands in it goes on where it was. */
function under(above, agent) {
  let known = above;
  let looked = 0;
  while (known && known.agent !== agent && looked++ < 64) {
    known = known.above;
  }
  return known && known.agent === agent ? known : {agent, above, depth: above.depth + 1};
}
