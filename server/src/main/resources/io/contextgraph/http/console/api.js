// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Questions to the server that has brought the page. */

import {credentials} from './key.js';

/** Where the page is, so that the console works behind a path of a proxy, too. */
const BASE = new URL('.', document.baseURI);

const PATIENCE_MILLIS = 30_000;

/** The server has refused, and said why. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? 'The server has answered with ' + status + '.');
    this.status = status;
    this.code = problem.code ?? '';
    this.problem = problem;
  }
}

/** The server has not answered. */
export class Unreachable extends Error {}

/** The address of a question. The parts of the path are encoded; parameters without a value are left out. */
export function url(path, query = {}) {
  const at = new URL(path.map((part) => encodeURIComponent(part.toWellFormed())).join('/'), BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') {
      at.searchParams.set(name, String(value));
    }
  }
  return at;
}

/**
 * Asks, and reads the answer as JSON.
 *
 * Throws a Refusal where the server says no, an Unreachable where it says nothing, an AbortError where `signal` has ended it.
 */
export async function ask(path, {method = 'GET', query = {}, body, signal} = {}) {
  const headers = {Accept: 'application/json', ...credentials()};
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  const patience = AbortSignal.timeout(PATIENCE_MILLIS);
  let answer;
  let text;
  try {
    answer = await fetch(url(path, query), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      cache: 'no-store',
      credentials: 'omit',
    });
    text = await answer.text();
  } catch (failure) {
    if (signal?.aborted) {
      throw failure;
    }
    throw new Unreachable(
        patience.aborted ? 'The server has not answered for 30 seconds.' : 'The server cannot be reached.');
  }
  const json = parsed(text);
  // Health tells in an answer of 503 what is wrong.
  if (!answer.ok && (json === undefined || json.code !== undefined)) {
    throw new Refusal(answer.status, json ?? {});
  }
  return json;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
