// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A drawing of the page as a file of its own: how it looks is written into it, because the style sheet stays behind. */

const LOOKS = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-family', 'font-size', 'font-weight'];

export function toSvgText(drawing) {
  const copy = drawing.cloneNode(true);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const originals = drawing.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, at) => {
    const style = getComputedStyle(originals[at]);
    LOOKS.forEach((look) => element.setAttribute(look, style.getPropertyValue(look)));
    for (const attribute of ['class', 'role', 'tabindex', 'aria-pressed', 'data-id']) {
      element.removeAttribute(attribute);
    }
  });
  comments(copy).forEach((comment) => comment.remove());
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  ground.setAttribute('width', '100%');
  ground.setAttribute('height', '100%');
  ground.setAttribute('fill', getComputedStyle(document.documentElement).backgroundColor);
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}

/** Templates leave marks of theirs. */
function comments(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) {
    found.push(walker.currentNode);
  }
  return found;
}
