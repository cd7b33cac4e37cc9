// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What the views have in common that show a session as rows. */

/** Makes an element the grid of a view, with a head that stays in sight. */
export function grid(host, label, titles) {
  host.role = 'grid';
  host.tabIndex = 0;
  host.ariaLabel = label;
  host.ariaColCount = String(titles.length);
  host.classList.add('grid');
  const head = document.createElement('div');
  head.className = 'grid-head';
  head.role = 'rowgroup';
  const row = document.createElement('div');
  row.className = 'row';
  row.role = 'row';
  row.ariaRowIndex = '1';
  for (const title of titles) {
    const cell = document.createElement('span');
    cell.role = 'columnheader';
    cell.textContent = title;
    row.append(cell);
  }
  head.append(row);
  host.append(head);
}

/** How the row of an event looks, besides being selected or not. */
export function marks(page, at) {
  return `${page.model.failed(at) ? 'failed' : ''} ${page.find.has(at) ? 'match' : ''}`;
}

/** Tells assistive technology which row is the current one, where it is in the page. */
export function active(host, id) {
  if (host.querySelector('#' + id)) {
    host.setAttribute('aria-activedescendant', id);
  } else {
    host.removeAttribute('aria-activedescendant');
  }
}

/** Arrows go from row to row, Enter opens the event. */
export function rowKeys(event, page, view) {
  const moves = {ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20};
  if (event.key in moves) {
    event.preventDefault();
    page.select(view.step(page.selected, moves[event.key]));
  } else if (event.key === 'Home') {
    event.preventDefault();
    page.select(view.step(-1, 0));
  } else if (event.key === 'End') {
    event.preventDefault();
    page.select(view.step(page.model.events.length - 1, page.model.events.length));
  } else if (event.key === 'Enter' && page.selected >= 0 && event.target === event.currentTarget) {
    page.open(page.selected);
  }
}
