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
function url(path, query = {}) {
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
  const headers = {Accept: 'application/json'};
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  const patience = AbortSignal.timeout(PATIENCE_MILLIS);
  let answer;
  let text;
  try {
    answer = await send(path, query, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
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

/**
 * Asks for an answer that comes in pieces, whose body is still to be read.
 *
 * Throws a Refusal where the server says no, an Unreachable where it cannot be reached, an AbortError where `signal` has ended it.
 */
export async function open(path, {accept, query = {}, headers = {}, signal}) {
  let answer;
  try {
    answer = await send(path, query, {headers: {Accept: accept, ...headers}, signal});
  } catch (failure) {
    throw signal.aborted ? failure : new Unreachable('The server cannot be reached.');
  }
  if (!answer.ok) {
    throw new Refusal(answer.status, await answer.json().catch(() => ({})));
  }
  return answer;
}

/** Every question goes with the key, and with nothing else that a browser knows. */
function send(path, query, request) {
  return fetch(url(path, query), {
    ...request,
    headers: {...request.headers, ...credentials()},
    cache: 'no-store',
    credentials: 'omit',
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
