// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Arithmetic of the timeline: what is in focus, where ticks stand, where nothing happened. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE,
  2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY,
  14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 730 * DAY, 1_826 * DAY, 3_652 * DAY, 18_262 * DAY, 36_524 * DAY];
const TICKS = 7;

/** No narrower than this can be looked at: times have milliseconds. */
const NARROWEST_MILLIS = 10;

/** A gap is a time in which nothing happened, longer than this part of the whole. */
const GAP_PART = 0.04;
const MOST_GAPS = 12;

/** From the first begin to the last end. */
export function extent(model) {
  let from = Infinity;
  let to = -Infinity;
  for (let at = 0; at < model.events.length; at++) {
    from = Math.min(from, model.begin(at));
    to = Math.max(to, model.end(at));
  }
  return from <= to ? {from, to: Math.max(to, from + NARROWEST_MILLIS)} : {from: 0, to: NARROWEST_MILLIS};
}

/** A focus within the whole, of a width that can be looked at. */
export function focused(from, to, whole) {
  const width = Math.min(Math.max(NARROWEST_MILLIS, to - from), whole.to - whole.from);
  const begin = Math.min(Math.max(whole.from, from), whole.to - width);
  return {from: begin, to: begin + width};
}

/** The focus made wider (more than 1) or narrower, around a time. */
export function zoomed(focus, factor, around, whole) {
  return focused(around - (around - focus.from) * factor, around + (focus.to - around) * factor, whole);
}

/** Times of ticks, and the step between them, in the zone of the viewer. */
export function ticks(focus) {
  const step = STEPS.find((one) => (focus.to - focus.from) / one <= TICKS) ?? STEPS.at(-1);
  const zone = new Date(focus.from).getTimezoneOffset() * MINUTE;
  const times = [];
  for (let time = Math.ceil((focus.from - zone) / step) * step + zone; time <= focus.to && times.length < 100; time += step) {
    times.push(time);
  }
  return {times, step};
}

/** Times in which nothing happened, the longest ones, by time. */
export function gaps(model, whole) {
  const least = (whole.to - whole.from) * GAP_PART;
  const found = [];
  let end = -Infinity;
  // Events are by their begin.
  for (let at = 0; at < model.events.length; at++) {
    const begin = model.begin(at);
    if (end !== -Infinity && begin - end > least) {
      found.push({from: end, to: begin});
    }
    end = Math.max(end, model.end(at));
  }
  return found.sort((a, b) => (b.to - b.from) - (a.to - a.from)).slice(0, MOST_GAPS).sort((a, b) => a.from - b.from);
}

/** How many events and failures begin in each of some equal parts of the whole. */
export function density(model, whole, parts) {
  const all = new Uint32Array(parts);
  const failed = new Uint32Array(parts);
  const width = (whole.to - whole.from) / parts;
  for (let at = 0; at < model.events.length; at++) {
    const part = Math.min(parts - 1, Math.floor((model.begin(at) - whole.from) / width));
    all[part]++;
  }
  for (const at of model.failures) {
    failed[Math.min(parts - 1, Math.floor((model.begin(at) - whole.from) / width))]++;
  }
  return {all, failed, most: all.reduce((a, b) => Math.max(a, b), 1)};
}
