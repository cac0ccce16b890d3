// interrupts.js — Ctrl-C for programs that handle it themselves (on_signal): while one does, it does not end the process.

/** @type {Set<() => void>} */
const listeners = new Set()

const deliver = () => listeners.forEach((listener) => listener())

/** @param {() => void} listener @returns {() => void} ends it */
export function onInterrupt(listener) {
  if (listeners.size === 0) process.on('SIGINT', deliver)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) process.off('SIGINT', deliver)
  }
}

export const isInterruptHandled = () => listeners.size > 0
