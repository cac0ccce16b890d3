// suggestions.js — the list at the caret: when it opens, its keys, where it stands. What it offers comes from `complete`
// (completion.js), and what is chosen goes back through `insert`, so that it can be undone like typing.
// Invariants: the focus stays in the field; a key that is not the list's own does what it does without the list; nothing
// opens while an input method is at work, except on touch screens, whose keyboards compose every word.

import { element } from './dom.js'

/** @typedef {import('./completion.js').Completion} Completion @typedef {import('./completion.js').Entry} Entry */
/**
 * @typedef {object} Host
 * @property {(isAsked: boolean) => Completion | null} complete what the name before the caret may become
 * @property {(from: number) => DOMRect} rectOf the name from there to the caret, on screen
 * @property {(from: number, name: string) => void} insert in place of what stands from there to the caret
 */

const MARGIN = 8
const GAP = 6
const MODIFIERS = new Set(['Control', 'Meta', 'Alt', 'Shift'])
/** Edits that go on with a name; any other edit closes the list. */
const TYPING = new Set(['insertText', 'insertCompositionText'])

export class Suggestions {
  #field
  #host
  #list = element('div', 'suggestions-list')
  #doc = element('div', 'suggestions-doc')
  #box = element('div', 'suggestions', this.#list, this.#doc)
  /** @type {Completion | null} null while closed */ #completion = null
  #selected = 0
  #caret = 0
  #isAsked = false
  #isChoosing = false

  /** @param {HTMLTextAreaElement} field @param {Host} host */
  constructor(field, host) {
    this.#field = field
    this.#host = host
    this.#box.hidden = true
    this.#list.id = 'suggestions'
    this.#list.setAttribute('role', 'listbox')
    this.#list.setAttribute('aria-label', 'Names that fit')
    this.#doc.id = 'suggestion-doc'
    document.body.append(this.#box)
    this.#listen()
  }

  get isOpen() {
    return this.#completion !== null
  }

  #listen() {
    // A press must not take the focus from the field.
    this.#box.addEventListener('mousedown', (event) => event.preventDefault())
    this.#list.addEventListener('click', (event) => {
      const option = event.target instanceof Element ? event.target.closest('[role=option]') : null
      if (option) this.#choose([...this.#list.children].indexOf(option))
    })
    const follow = () => this.isOpen && this.#place()
    document.addEventListener('scroll', (event) => event.target !== this.#list && follow(), { capture: true, passive: true })
    window.addEventListener('resize', follow)
    window.visualViewport?.addEventListener('resize', follow)
    window.visualViewport?.addEventListener('scroll', follow)
  }

  /** After the field has taken an edit. @param {Event} event */
  onInput(event) {
    if (this.#isChoosing || !(event instanceof InputEvent)) return
    const isComposing = event.isComposing && !matchMedia('(pointer: coarse)').matches
    const isTyping = TYPING.has(event.inputType) && (event.isComposing || event.data?.length === 1)
    const goesOn = isTyping || (this.isOpen && event.inputType === 'deleteContentBackward')
    if (isComposing || !goesOn) this.close()
    else this.#open(this.isOpen && this.#isAsked)
  }

  /** After the caret has moved: the list belongs to the place where it was opened. */
  onCaret() {
    const { selectionStart, selectionEnd } = this.#field
    if (this.isOpen && (selectionStart !== this.#caret || selectionEnd !== this.#caret)) this.close()
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  onKey(event) {
    const { key } = event
    const isCommand = event.ctrlKey || event.metaKey || event.altKey
    if (event.ctrlKey && event.code === 'Space' && !event.metaKey && !event.altKey) {
      this.#open(true)
      return true
    }
    if (!this.isOpen || MODIFIERS.has(key)) return false
    if (isCommand || key === 'Escape') this.close()
    else if (key === 'ArrowDown') return this.#select(this.#selected + 1)
    else if (key === 'ArrowUp') return this.#select(this.#selected - 1)
    else if ((key === 'Enter' || key === 'Tab') && !event.shiftKey) return this.#choose(this.#selected)
    return false
  }

  close() {
    if (!this.isOpen) return
    this.#completion = null
    this.#box.hidden = true
    this.#list.replaceChildren()
    for (const name of ['role', 'aria-expanded', 'aria-controls', 'aria-autocomplete', 'aria-activedescendant']) this.#field.removeAttribute(name)
  }

  /** @param {boolean} isAsked */
  #open(isAsked) {
    const completion = this.#field.selectionStart === this.#field.selectionEnd ? this.#host.complete(isAsked) : null
    const isDone = completion?.entries.length === 1 && completion.entries[0].name === completion.typed
    if (!completion || (isDone && !isAsked)) return this.close()
    this.#completion = completion
    this.#isAsked = isAsked
    this.#caret = this.#field.selectionStart
    this.#list.replaceChildren(...completion.entries.map((entry, index) => optionOf(entry, index, completion.typed)))
    this.#box.hidden = false
    // The field is a combobox only while it has a list: a field for many lines is none otherwise.
    const state = { role: 'combobox', 'aria-expanded': 'true', 'aria-controls': this.#list.id, 'aria-autocomplete': 'list' }
    for (const [name, value] of Object.entries(state)) this.#field.setAttribute(name, value)
    this.#select(0)
  }

  /** Behind the last comes the first. @param {number} index @returns {true} */
  #select(index) {
    const options = this.#list.children
    const entries = this.#completion?.entries ?? []
    options[this.#selected]?.setAttribute('aria-selected', 'false')
    options[this.#selected]?.removeAttribute('aria-describedby')
    this.#selected = (index + entries.length) % entries.length
    const option = options[this.#selected]
    const { signature, doc } = entries[this.#selected]
    option.setAttribute('aria-selected', 'true')
    option.setAttribute('aria-describedby', this.#doc.id)
    this.#field.setAttribute('aria-activedescendant', option.id)
    this.#doc.replaceChildren(...(signature ? [element('code', '', signature)] : []), ...(doc ? [element('p', '', doc)] : []))
    this.#doc.hidden = !signature && !doc
    this.#place()
    option.scrollIntoView({ block: 'nearest' })
    return true
  }

  /** @param {number} index @returns {boolean} false when the name is there already */
  #choose(index) {
    const completion = this.#completion
    const entry = completion?.entries[index]
    if (!completion || !entry) return false
    this.close()
    if (entry.name === completion.typed) return false
    this.#isChoosing = true
    this.#host.insert(completion.from, entry.name)
    this.#isChoosing = false
    return true
  }

  /** Below the name, or above it when there is more room; inside what the keyboard of a phone leaves of the screen. */
  #place() {
    if (!this.#completion) return
    const name = this.#host.rectOf(this.#completion.from)
    const view = window.visualViewport
    const left = view?.offsetLeft ?? 0
    const top = view?.offsetTop ?? 0
    const right = left + (view?.width ?? window.innerWidth)
    const bottom = top + (view?.height ?? window.innerHeight)
    const below = bottom - name.bottom - GAP - MARGIN
    const above = name.top - top - GAP - MARGIN
    const { style } = this.#box
    style.removeProperty('max-height')
    const isBelow = this.#box.offsetHeight <= below || below >= above
    style.setProperty('max-height', `${Math.max(isBelow ? below : above, 0)}px`)
    const { offsetWidth: width, offsetHeight: height } = this.#box
    style.setProperty('left', `${Math.max(left + MARGIN, Math.min(name.left - MARGIN, right - width - MARGIN))}px`)
    style.setProperty('top', `${isBelow ? name.bottom + GAP : name.top - GAP - height}px`)
  }
}

/** @param {Entry} entry @param {number} index @param {string} typed */
function optionOf({ name, kind, signature }, index, typed) {
  const isPrefix = name.toLowerCase().startsWith(typed.toLowerCase())
  const shown = isPrefix ? [element('b', '', name.slice(0, typed.length)), name.slice(typed.length)] : [name]
  const option = element('div', 'suggestion', element('span', `suggestion-name suggestion-${kind}`, ...shown), element('span', 'suggestion-signature', signature))
  option.id = `suggestion-${index}`
  option.setAttribute('role', 'option')
  option.setAttribute('aria-selected', 'false')
  return option
}
