// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Addresses of the console. All that a page shows is behind the hash, which no browser sends to a server: an address can be
 * shared with whoever has a key. What somebody types to search in texts is no part of it, because it may name a person.
 */

/** What an address says: its path, decoded, and its query. */
export function parse(hash) {
  const text = hash.replace(/^#\/?/, '');
  const mark = text.indexOf('?');
  const path = mark < 0 ? text : text.slice(0, mark);
  return {
    path: path.split('/').filter((part) => part !== '').map(decoded),
    query: new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1)),
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a path with those parameters that have a value. */
export function address(path, query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') {
      parameters.set(name, String(value));
    }
  }
  const text = parameters.toString();
  return '#/' + path.map((part) => encodeURIComponent(part.toWellFormed())).join('/') + (text ? '?' + text : '');
}

/** The address of the page itself, with some parameters changed; an empty value takes one out. */
export function changed(place, changes) {
  return address(place.path, {...Object.fromEntries(place.query), ...changes});
}
