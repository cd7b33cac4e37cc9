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
 * @param choices what can be chosen besides, each with a `name` and a `text`
 * @param act is given the reason, what was chosen as an object of flags, and what tells how far it is; what it answers is given to `done`
 */
export function askFor({title, says, reason = false, choices = [], act, done}) {
  const dialog = document.createElement('dialog');
  dialog.className = 'act';
  document.body.append(dialog);
  let isBusy = false;
  // It is about a page, and ends with it.
  const leave = () => isBusy || dialog.close();
  addEventListener('hashchange', leave);
  dialog.addEventListener('close', () => {
    removeEventListener('hashchange', leave);
    dialog.remove();
  });
  // What is being done goes on, and has to be told.
  dialog.addEventListener('cancel', (event) => isBusy && event.preventDefault());
  const draw = (problem, told) => render(html`
    <form @submit=${(event) => carryOut(event)}>
      <h2 id="act-title">${title}</h2>
      <p>${says}</p>
      <p class="dim">It is put on record, with who did it.</p>
      ${choices.map(({name, text}) => html`<label class="choice"><input type="checkbox" name=${name} ?disabled=${isBusy}> <span>${text}</span></label>`)}
      ${reason ? html`<label>Why <input name="reason" required maxlength="500" autocomplete="off"></label>
        <p class="dim">Name no person: what you write stays on record.</p>` : nothing}
      ${problem ? failure(problem) : nothing}
      <p role="status">${told}</p>
      <p class="choices"><button type="submit" ?disabled=${isBusy}>${isBusy ? 'Being done\u2026' : title}</button>
        <button type="button" class="quiet" ?disabled=${isBusy} @click=${() => dialog.close()}>Leave it</button></p>
    </form>`, dialog);
  const carryOut = async (event) => {
    event.preventDefault();
    const given = new FormData(event.target);
    const why = String(given.get('reason') ?? '').trim();
    const chosen = Object.fromEntries(choices.map(({name}) => [name, given.has(name) || undefined]));
    isBusy = true;
    draw();
    try {
      const answer = await act(why, chosen, (told) => draw(undefined, told));
      dialog.close();
      done(answer);
    } catch (problem) {
      isBusy = false;
      draw(problem);
    }
  };
  draw();
  dialog.setAttribute('aria-labelledby', 'act-title');
  dialog.showModal();
}

/** A button that asks for an act. */
export function actButton(what, text = what.title) {
  return html`<button type="button" @click=${() => askFor(what)}>${text}</button>`;
}
