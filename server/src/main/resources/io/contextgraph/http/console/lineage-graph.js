// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What is known of the causes and effects of an event: answers of the server, put together. Only recorded edges. */

const WIDTH = 208;
const HEIGHT = 50;
const BESIDE = 56;
const BELOW = 14;

/** More than these are not drawn: nobody would see them. */
export const MOST_NODES = 500;

export class LineageGraph {
  /** The nodes of the server by id. */
  nodes = new Map();
  /** From an effect to its cause. */
  edges = new Map();
  /** Causes that are recorded and not there: the id, and what is known of why. */
  missing = new Map();
  /** Ids that events name as their cause, and of which the graph has nothing else. */
  stubs = new Set();
  /** Ids of events all of whose effects, or whose cause, have been asked for. */
  askedEffects = new Set();
  askedCauses = new Set();
  /** Ids of events that have more effects than have come, and where those go on. */
  moreEffects = new Map();

  constructor(start) {
    this.start = start;
  }

  /** Puts an answer in. */
  add(answer) {
    for (const [id, node] of Object.entries(answer.nodes)) {
      if (isStub(node)) {
        this.stubs.add(id);
      } else if (this.nodes.size < MOST_NODES || this.nodes.has(id)) {
        this.stubs.delete(id);
        this.nodes.set(id, node);
        this.missing.delete(id);
      }
    }
    for (const edge of answer.edges) {
      if (edge.edge_type === 'CAUSED_BY' && this.nodes.has(edge.source)) {
        this.edges.set(edge.source + ' ' + edge.target, edge);
      }
    }
  }

  get isFull() {
    return this.nodes.size >= MOST_NODES;
  }

  /** The earliest cause of the start that is known, and how many steps before it. */
  firstCause() {
    let id = this.start;
    let steps = 0;
    for (let cause = this.nodes.get(id)?.attributes.parent_event_id; cause && this.nodes.has(cause) && steps < this.nodes.size;
      cause = this.nodes.get(id).attributes.parent_event_id) {
      id = cause;
      steps++;
    }
    return {id, steps};
  }

  /** The cause that an event names, where it is not among the nodes. */
  unseenCause(id) {
    const cause = this.nodes.get(id)?.attributes.parent_event_id;
    return cause && !this.nodes.has(cause) ? cause : undefined;
  }

  /**
   * Where everything stands: causes to the left, effects to the right, by time from above.
   *
   * Boxes: id, x, y, level. Lines: from and to (boxes). Width and height of all.
   */
  layout() {
    const levels = this.#levels();
    const columns = new Map();
    for (const [id, level] of levels) {
      if (!columns.has(level)) {
        columns.set(level, []);
      }
      columns.get(level).push(id);
    }
    const order = [...columns.keys()].sort((a, b) => a - b);
    const boxes = new Map();
    let height = 0;
    order.forEach((level, column) => {
      const ids = columns.get(level).sort((a, b) => this.#time(a).localeCompare(this.#time(b)) || a.localeCompare(b));
      ids.forEach((id, row) => boxes.set(id, {
        id, level, x: column * (WIDTH + BESIDE) + 8, y: row * (HEIGHT + BELOW) + 8, width: WIDTH, height: HEIGHT,
      }));
      height = Math.max(height, ids.length * (HEIGHT + BELOW));
    });
    const lines = [];
    for (const [effect, cause] of this.#causes()) {
      if (boxes.has(effect) && boxes.has(cause)) {
        lines.push({from: boxes.get(cause), to: boxes.get(effect)});
      }
    }
    return {boxes: [...boxes.values()], lines, width: Math.max(1, order.length) * (WIDTH + BESIDE), height: height + 16};
  }

  #time(id) {
    return this.nodes.get(id)?.attributes.occurred_at ?? '';
  }

  /** Pairs of effect and cause: the edges of the graph, and causes that are missing. */
  #causes() {
    const pairs = [...this.edges.values()].map((edge) => [edge.source, edge.target])
        .filter(([, cause]) => this.nodes.has(cause));
    for (const id of this.nodes.keys()) {
      const cause = this.nodes.get(id).attributes.parent_event_id;
      if (cause && this.missing.has(cause)) {
        pairs.push([id, cause]);
      }
    }
    return pairs;
  }

  /** How many steps from the start: causes below zero. */
  #levels() {
    const up = new Map();
    const down = new Map();
    for (const [effect, cause] of this.#causes()) {
      append(up, effect, cause);
      append(down, cause, effect);
    }
    const levels = new Map([[this.start, 0]]);
    const queue = [this.start];
    for (let at = 0; at < queue.length; at++) {
      const id = queue[at];
      for (const [neighbours, by] of [[up, -1], [down, 1]]) {
        for (const other of neighbours.get(id) ?? []) {
          if (!levels.has(other)) {
            levels.set(other, levels.get(id) + by);
            queue.push(other);
          }
        }
      }
    }
    for (const id of this.nodes.keys()) {
      if (!levels.has(id)) {
        levels.set(id, 0);
      }
    }
    return levels;
  }

  /** For a file. */
  toJson() {
    return {start: this.start, nodes: Object.fromEntries(this.nodes), edges: [...this.edges.values()],
      missing: Object.fromEntries(this.missing)};
  }
}

function isStub(node) {
  return !node.attributes.event_type && !node.provenance.global_position && !node.graph?.event;
}

function append(map, name, value) {
  if (map.has(name)) {
    map.get(name).push(value);
  } else {
    map.set(name, [value]);
  }
}
