// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Whether a page is being printed: on paper nobody scrolls. */

const PAPER = matchMedia('print');

/** Whether it is on paper now. */
export function isPaper() {
  return PAPER.matches;
}

/**
 * Tells when it is put on paper, and when it is back on a screen.
 *
 * @param changed is told whether it is on paper
 * @return ends that
 */
export function onPaper(changed) {
  // Some browsers tell of paper only after it has been laid out.
  const tell = (event) => changed(PAPER.matches || event.type === 'beforeprint');
  PAPER.addEventListener('change', tell);
  addEventListener('beforeprint', tell);
  addEventListener('afterprint', tell);
  return () => {
    PAPER.removeEventListener('change', tell);
    removeEventListener('beforeprint', tell);
    removeEventListener('afterprint', tell);
  };
}
