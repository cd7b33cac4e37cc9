// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Acts that change something: each says what it will do, is asked for once, and tells what came of it. */

import {html, nothing, render} from './lit-html/lit-html.js';
import {failure} from './parts.js';

/**
 * Asks whether it is to be done, and does it.
 *
 * @param title what is done, in a few words
 * @param says what will happen, in a sentence
 * @param reason whether a reason is recorded with it, which somebody must give
 * @param act is given the reason; what it answers is given to `done`
 */
export function askFor({title, says, reason = false, act, done}) {
  const dialog = document.createElement('dialog');
  dialog.className = 'act';
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  const draw = (problem, isBusy) => render(html`
    <form @submit=${(event) => carryOut(event)}>
      <h2 id="act-title">${title}</h2>
      <p>${says}</p>
      <p class="dim">It is put on record, with who did it.</p>
      ${reason ? html`<label>Why <input name="reason" required maxlength="500" autocomplete="off"></label>` : nothing}
      ${problem ? failure(problem) : nothing}
      <p class="choices"><button type="submit" ?disabled=${isBusy}>${isBusy ? 'Being done\u2026' : title}</button>
        <button type="button" class="quiet" @click=${() => dialog.close()}>Leave it</button></p>
    </form>`, dialog);
  const carryOut = async (event) => {
    event.preventDefault();
    const why = String(new FormData(event.target).get('reason') ?? '').trim();
    draw(undefined, true);
    try {
      const answer = await act(why);
      dialog.close();
      done(answer);
    } catch (problem) {
      draw(problem, false);
    }
  };
  draw(undefined, false);
  dialog.setAttribute('aria-labelledby', 'act-title');
  dialog.showModal();
}
