// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Puts the steps of two sessions beside each other: the same kind of step, in the same order. */

/** So many pairs are tried; of longer sessions the steps are paired by how often each kind has come before. */
const MOST_PAIRS = 4_000_000;

/** The steps of a session: what was done, without spans of a framework and answers that are told with their call. */
export function steps(model) {
  return model.events.map((_, at) => at)
      .filter((at) => model.events[at].event_type !== 'system.span' && !model.answers.has(at));
}

/** What must be the same for two steps to stand beside each other. */
function kind(model, at) {
  const event = model.events[at];
  return event.event_type + ' ' + (event.tool_name ?? '');
}

/** Pairs of places; of a step that one session has alone, the other place is undefined. */
export function align(left, right) {
  const a = steps(left);
  const b = steps(right);
  const kindsA = a.map((at) => kind(left, at));
  const kindsB = b.map((at) => kind(right, at));
  const pairs = a.length * b.length <= MOST_PAIRS ? longest(kindsA, kindsB) : counted(kindsA, kindsB);
  return pairs.map(([i, j]) => [i === undefined ? undefined : a[i], j === undefined ? undefined : b[j]]);
}

/** The longest common subsequence, with what is between. */
function longest(a, b) {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j] ? lengths[(i + 1) * width + j + 1] + 1
          : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  const pairs = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pairs.push([i++, j++]);
    } else if (j >= b.length || (i < a.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
      pairs.push([i++, undefined]);
    } else {
      pairs.push([undefined, j++]);
    }
  }
  return pairs;
}

/** The first of a kind beside the first of that kind, the second beside the second, as long as the order stays. */
function counted(a, b) {
  const places = new Map();
  b.forEach((one, j) => places.has(one) ? places.get(one).push(j) : places.set(one, [j]));
  const pairs = [];
  let next = 0;
  a.forEach((one, i) => {
    const list = places.get(one) ?? [];
    while (list.length > 0 && list[0] < next) {
      list.shift();
    }
    if (list.length === 0) {
      pairs.push([i, undefined]);
      return;
    }
    const j = list.shift();
    while (next < j) {
      pairs.push([undefined, next++]);
    }
    pairs.push([i, j]);
    next = j + 1;
  });
  while (next < b.length) {
    pairs.push([undefined, next++]);
  }
  return pairs;
}

/** In which properties two values differ: names, with both values. */
export function differences(a, b) {
  if (same(a, b)) {
    return [];
  }
  if (!isObject(a) || !isObject(b)) {
    return [{name: '', left: a, right: b}];
  }
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .filter((name) => !same(a[name], b[name]))
      .map((name) => ({name, left: a[name], right: b[name]}));
}

function same(a, b) {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
