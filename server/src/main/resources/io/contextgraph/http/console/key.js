// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The access key of whoever uses the console: kept by the browser for as long as the tab is open, sent as a header, never
 * in an address.
 */

const NAME = 'contextgraph.key';

/** What a header can carry. */
const SENDABLE = /^[\x21-\x7e]+$/;

export function key() {
  return sessionStorage.getItem(NAME) ?? '';
}

/** Keeps a key; false for a text that is none. */
export function keep(text) {
  const trimmed = text.trim();
  if (!SENDABLE.test(trimmed)) {
    return false;
  }
  sessionStorage.setItem(NAME, trimmed);
  return true;
}

export function forget() {
  sessionStorage.removeItem(NAME);
}

/** What says who asks. */
export function credentials() {
  return key() ? {Authorization: 'Bearer ' + key()} : {};
}
