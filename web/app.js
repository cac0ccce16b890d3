// app.js — the page: connects the editor, the output pane, the runner and the menu. Each has its own file; here is only
// what happens when.

import { format } from '../js/format.js'
import { Completions } from './completion.js'
import { element } from './dom.js'
import { Drafts } from './drafts.js'
import { Editor } from './editor.js'
import { EXAMPLES, load } from './examples.js'
import { Output } from './output.js'
import { FILE } from './protocol.js'
import { Runner } from './runner.js'

/** @typedef {import('./runner.js').End} End @typedef {import('./runner.js').State} State */

const SAVE_AFTER_MS = 250
const CLOCK_AFTER_MS = 500
const NOT_KEPT = 'What you write cannot be kept for your next visit: the browser’s storage is full or not available.'

/** @template {HTMLElement} T @param {string} id @returns {T} */
const byId = (id) => /** @type {T} */ (document.getElementById(id))

const runButton = /** @type {HTMLButtonElement} */ (byId('run'))
const stopButton = /** @type {HTMLButtonElement} */ (byId('stop'))
const resetButton = /** @type {HTMLButtonElement} */ (byId('reset'))
const formatButton = /** @type {HTMLButtonElement} */ (byId('format'))
const menu = /** @type {HTMLSelectElement} */ (byId('program'))
const status = byId('status')
const statusText = byId('status-text')
const clock = byId('clock')
const callHelp = byId('call')

const isApple = /Mac|iPhone|iPad/.test(navigator.platform)
const drafts = new Drafts(() => localStorage)
const editor = new Editor(byId('editor'), { labelledBy: 'editor-title', describedBy: 'editor-hint', onInput: onEdit, onCall: showCall })
const output = new Output(byId('output'), (line, column) => editor.goTo(line, column))

/** Which program is in the editor, and its text as delivered. */
let openId = ''
let original = ''
let source = ''
let hasRun = false
let toldNotKept = false
/** @type {ReturnType<typeof setTimeout> | undefined} */ let saveTimer
/** @type {ReturnType<typeof setInterval> | undefined} */ let clockTimer

const runner = new Runner(new URL('./worker.js', import.meta.url), {
  onState: showState,
  onDocs: (tables) => (editor.completions = new Completions(tables)),
  onOutput: (chunks, skipped, drawn) => output.print(chunks, skipped, drawn),
  onUnhandled: (problem) => output.problem(problem, source, { isBackground: true }),
  onEnd,
})

function run() {
  hasRun = true
  source = editor.value
  runner.run(source)
}

function layOut() {
  editor.relayout(format(editor.value))
}

/** @param {State} state @param {string} detail */
function showState(state, detail) {
  const isRunning = state === 'running' || state === 'stopping'
  stopButton.disabled = state !== 'running'
  if (state === 'running') beginRun()
  if (state === 'stopping') say('running', 'Stopping …')
  if (state === 'broken') {
    output.remark(detail)
    say('error', 'Not available')
  }
  if (!hasRun && state === 'loading') say('loading', 'Loading …')
  if (!hasRun && state === 'idle') say('idle', 'Ready')
  if (!isRunning) {
    clearInterval(clockTimer)
    clock.textContent = ''
  }
}

function beginRun() {
  output.clear()
  editor.clearProblems()
  say('running', 'Running …')
  clearInterval(clockTimer)
  clockTimer = setInterval(() => {
    if (runner.elapsed >= CLOCK_AFTER_MS) clock.textContent = seconds(runner.elapsed)
  }, 100)
}

/** @param {End} end */
function onEnd(end) {
  switch (end.kind) {
    case 'done': {
      if (end.value !== '') output.result(end.value)
      return end.exitCode === 0 ? say('done', `Finished in ${duration(end.ms)}`) : say('error', `Exit code ${end.exitCode}`)
    }
    case 'failed': {
      const { error } = end
      const isHere = error.line > 0 && error.file === FILE && editor.value === source
      output.problem(error, source)
      if (isHere) editor.markProblems([error, ...error.diagnostics])
      return say('error', error.line > 0 && error.file === FILE ? `Error in line ${error.line}, column ${error.column}` : 'Error')
    }
    case 'stopped': {
      const how = end.killed ? ' The program did not answer, so the runtime was restarted.' : ''
      output.remark(`Stopped after ${duration(end.ms)}.${how}`)
      return say('stopped', 'Stopped')
    }
  }
}

/** The status is a live region: it changes when the state does, not while the clock runs. @param {string} state @param {string} text */
function say(state, text) {
  status.dataset.state = state
  statusText.textContent = text
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`
}

/** @param {number} ms */
function duration(ms) {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : seconds(ms)
}

/** How the call around the caret is written, in the title of the editor. @param {import('./completion.js').Entry | null} call */
function showCall(call) {
  const text = call ? `${call.signature}\n${call.doc}` : ''
  if (callHelp.title === text) return
  callHelp.title = text
  callHelp.replaceChildren(...(call ? [element('code', '', call.signature), ` ${call.doc.split('\n')[0]}`] : []))
}

function onEdit() {
  clearTimeout(saveTimer)
  saveTimer = setTimeout(save, SAVE_AFTER_MS)
  resetButton.disabled = editor.value === original
}

function save() {
  clearTimeout(saveTimer)
  if (openId === '') return
  const text = editor.value
  const isStored = drafts.save(openId, text === original ? undefined : text)
  if (!isStored && text !== original && !toldNotKept) output.remark(NOT_KEPT)
  toldNotKept = !isStored && text !== original
}

/** Opens a program of the menu, with the changes the visitor made to it earlier. @param {string} id */
async function open(id) {
  save()
  const example = EXAMPLES.find((one) => one.id === id) ?? EXAMPLES[0]
  menu.value = example.id
  try {
    const text = await load(example)
    if (menu.value !== example.id) return
    original = text
  } catch (error) {
    original = ''
    say('error', `The example could not be loaded: ${error instanceof Error ? error.message : error}`)
  }
  openId = example.id
  editor.value = drafts.textOf(example.id) ?? original
  resetButton.disabled = editor.value === original
  drafts.save(example.id, drafts.textOf(example.id))
}

/** @param {KeyboardEvent} event */
function onShortcut(event) {
  const isCommand = isApple ? event.metaKey || event.ctrlKey : event.ctrlKey
  const isFormat = event.code === 'KeyF' && event.shiftKey && event.altKey && !event.ctrlKey && !event.metaKey
  const isRun = event.key === 'Enter' && isCommand
  if (event.isComposing || !(isFormat || isRun)) return
  event.preventDefault()
  if (isFormat) layOut()
  else run()
}

function listen() {
  runButton.addEventListener('click', run)
  stopButton.addEventListener('click', () => runner.stop())
  resetButton.addEventListener('click', () => editor.replaceAll(original))
  formatButton.addEventListener('click', layOut)
  menu.addEventListener('change', () => open(menu.value))
  document.addEventListener('keydown', onShortcut)
  // The last moments in which a page can be sure to save, on phones too.
  window.addEventListener('pagehide', save)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && save())
}

menu.append(...EXAMPLES.map(({ id, title }) => new Option(title, id)))
byId('run-key').textContent = isApple ? '⌘⏎' : 'Ctrl ⏎'
listen()
open(drafts.open)
