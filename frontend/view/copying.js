// Several messages in the clipboard: who, when and what, a line for each. What is selected within one message is copied as
// the browser does it, to the letter.

import { find } from "./dom.js";
import { line, read, rows } from "./transcript.js";

const list = find("messages");

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed || event.target instanceof HTMLTextAreaElement) return;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(list) || withinOne(range)) return;
  const items = rows().filter((item) => range.intersectsNode(item));
  const said = items.map((item) => read(item, (element) => selected(range, element))).filter(({ text }) => text);
  if (!said.length) return;
  event.clipboardData?.setData("text/plain", said.map(line).join("\n"));
  event.preventDefault();
});

/** @param {Range} range */
function withinOne({ commonAncestorContainer: node }) {
  const element = node instanceof Element ? node : node.parentElement;
  return Boolean(element?.closest(".text"));
}

/**
 * What of an element's text is selected.
 * @param {Range} range
 * @param {Element} element
 */
function selected(range, element) {
  const part = document.createRange();
  part.selectNodeContents(element);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0)
    part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
  return part.toString();
}
