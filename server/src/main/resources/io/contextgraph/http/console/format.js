// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Times, durations and quantities as people read them: in the zone and the language of the viewer. */

import {html, nothing} from './lit-html/lit-html.js';

const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'medium'});
const DAY = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium'});
const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23',
});
const NUMBER = new Intl.NumberFormat();
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Day and time, with UTC when it is pointed at. */
export function moment(text) {
  if (!text) {
    return nothing;
  }
  return html`<time datetime=${text} title=${utc(text)}>${DAY_AND_TIME.format(new Date(text))}</time>`;
}

/** The time of day to the millisecond, with the day in UTC when it is pointed at. */
export function clock(text) {
  return html`<time datetime=${text} title=${utc(text)}>${TIME.format(new Date(text))}</time>`;
}

/** Day and time as plain text: within a minute to the millisecond. */
export function told(millis, width) {
  const date = new Date(millis);
  return width < 60_000 ? DAY.format(date) + ', ' + TIME.format(date) : DAY_AND_TIME.format(date);
}

/** As an axis has it: the nearer the ticks, the finer. */
export function tick(millis, step) {
  const date = new Date(millis);
  if (step >= 365 * 86_400_000) {
    return date.toLocaleDateString(undefined, {year: 'numeric', month: 'short'});
  }
  if (step >= 86_400_000) {
    return date.toLocaleDateString(undefined, {month: 'short', day: 'numeric'});
  }
  if (step >= 60_000) {
    return date.toLocaleTimeString(undefined, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
  }
  return step >= 1_000 ? TIME.format(date).replace(/[.,]\d{3}/, '') : TIME.format(date);
}

function utc(text) {
  return text.replace('T', ' ').replace(/Z$/, ' UTC');
}

/** A time between two, from 0.4 ms to days. */
export function duration(millis) {
  if (millis < 1_000) {
    return Math.round(millis) + ' ms';
  }
  if (millis < 60_000) {
    return (millis / 1_000).toFixed(millis < 10_000 ? 2 : 1) + ' s';
  }
  const minutes = Math.floor(millis / 60_000);
  if (minutes < 60) {
    return minutes + ' min ' + Math.floor((millis % 60_000) / 1_000) + ' s';
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? hours + ' h ' + (minutes % 60) + ' min' : Math.floor(hours / 24) + ' d ' + (hours % 24) + ' h';
}

export function count(value) {
  return NUMBER.format(value);
}

/** "1 event", "2 events". */
export function counted(value, what) {
  return count(value) + ' ' + what + (value === 1 ? '' : 's');
}

export function bytes(value) {
  let rest = value;
  let unit = 0;
  while (rest >= 1_000 && unit < UNITS.length - 1) {
    rest /= 1_000;
    unit++;
  }
  return (unit === 0 ? String(rest) : rest.toFixed(rest < 10 ? 1 : 0)) + ' ' + UNITS[unit];
}
