// dom.js — the one way this page makes elements: text goes in as text nodes, so nothing can become markup.

/** @param {string} tag @param {string} className @param {(Node | string)[]} children */
export function element(tag, className, ...children) {
  const node = document.createElement(tag)
  node.className = className
  node.append(...children)
  return node
}
