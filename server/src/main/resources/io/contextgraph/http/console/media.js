// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Images and other binary data that stand in texts as base64: they are named, not shown as text. */

const DATA_URL = /^data:([a-z0-9.+-]+\/[a-z0-9.+-]+)?(;[a-z0-9=.+-]+)*;base64,/i;
const NO_BASE64 = /[^A-Za-z0-9+/=\s]/;
const LONG_BASE64 = /^[A-Za-z0-9+/\r\n]{256,}={0,2}\s*$/;

/** How files begin, in base64. */
const BEGINNINGS = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['JVBERi0', 'application/pdf'],
  ['SUQz', 'audio/mpeg'],
];

/** What a browser shows as a picture and nothing else. */
const SHOWABLE = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** What a text is, where it is binary data: its media type, how many bytes, and the base64; else undefined. */
export function media(text) {
  const address = DATA_URL.exec(text.slice(0, 200));
  if (address) {
    if (NO_BASE64.test(text.slice(address[0].length))) {
      return undefined;
    }
    return named(text.slice(address[0].length), address[1]?.toLowerCase());
  }
  // What is not base64 from its beginning to its end is a text, and shown.
  if (text.length < 256 || !LONG_BASE64.test(text.slice(0, 512).replace(/=+$/, '')) || NO_BASE64.test(text)) {
    return undefined;
  }
  // A long word is not base64: that has letters of both kinds and digits.
  const begin = text.slice(0, 512);
  return /[a-z]/.test(begin) && /[A-Z]/.test(begin) && /\d/.test(begin) ? named(text) : undefined;
}

function named(base64, type) {
  const begins = BEGINNINGS.find(([begin]) => base64.startsWith(begin));
  return {
    type: begins ? begins[1] : type ?? 'binary data',
    bytes: Math.floor(base64.length * 3 / 4),
    showable: begins !== undefined && SHOWABLE.has(begins[1]),
    base64,
  };
}

/** An address of the picture in this page; whoever asks for it gives it back with URL.revokeObjectURL. */
export function picture(found) {
  const binary = atob(found.base64.replace(/\s/g, ''));
  const content = Uint8Array.from(binary, (one) => one.charCodeAt(0));
  return URL.createObjectURL(new Blob([content], {type: found.type}));
}
