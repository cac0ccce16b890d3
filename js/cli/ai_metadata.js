// ai_metadata.js — what a module offers and needs, for programs that read code (language 36 §10): names, types, signatures.
// It is told from the forms as they are written; what macros and comptime blocks make is not in it.

import { GeneError } from '../errors.js'
import { GeneNode, GeneSymbol } from '../forms.js'

const INSTRUCTION = /^ *\d+ {2}/gm
const FUNCTIONS = ['fn', 'method', 'ctor', 'ctor!']
const TYPES = ['class', 'enum', 'interface', 'ns', 'object']

/** @param {unknown} form @returns {string} */
const nameOf = (form) => (form instanceof GeneSymbol ? form.name : '')
/** @param {unknown} form @returns {string} */
const headOf = (form) => (form instanceof GeneNode ? nameOf(form.type) : '')
/** A declared name: without type parameters and the slash of a member. @param {unknown} form */
const declared = (form) => nameOf(form).replace(/^(\$ns)?\/|:.*$/g, '')

/** The types that are named in a module, each once; a type's id is its place. */
class TypeTable {
  /** @type {{ id: number, kind: string, text: string, parts: number[] }[]} */ descriptors = []
  /** By text. @type {Map<string, number>} */ #ids = new Map()
  #print

  /** @param {(form: unknown) => string} print */
  constructor(print) {
    this.#print = print
  }

  /** @param {unknown} form @returns {number} */
  idOf(form) {
    const text = this.#print(form)
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    const [kind, parts] = this.#shapeOf(form)
    const ids = parts.map((part) => this.idOf(part))
    const id = this.descriptors.length
    this.descriptors.push({ id, kind, text, parts: ids })
    this.#ids.set(text, id)
    return id
  }

  /** @param {unknown} form @returns {[string, unknown[]]} */
  #shapeOf(form) {
    if (!(form instanceof GeneNode)) return ['named', []]
    const { type, children } = form
    const isBar = (/** @type {unknown} */ child) => nameOf(child) === '|'
    if (children.some(isBar)) return ['union', [type, ...children].filter((child) => !isBar(child))]
    if (nameOf(type) !== 'Fn') return ['applied', [type, ...children]]
    const [params = [], , result] = children
    return ['function', [...(Array.isArray(params) ? params.filter((param) => !nameOf(param).endsWith(':')) : []), ...(result ? [result] : [])]]
  }
}

/** @param {any[]} forms of a parameter list @param {TypeTable} types @param {(form: unknown) => string} print */
function paramsOf(forms, types, print) {
  const params = []
  const ids = []
  for (let i = 0; i < forms.length; i++) {
    const text = print(forms[i])
    const isTyped = text.endsWith(':')
    params.push(isTyped ? text.slice(0, -1) : text)
    ids.push(isTyped && i + 1 < forms.length ? types.idOf(forms[++i]) : null)
    if (nameOf(forms[i + 1]) === '=') i += 2
  }
  return { params, ids }
}

/**
 * A function form's signature.
 * @param {string} name
 * @param {GeneNode} form
 * @param {TypeTable} types
 * @param {(form: unknown) => string} print
 */
function callableOf(name, { children, line, column }, types, print) {
  const at = children.findIndex(Array.isArray)
  const { params, ids } = paramsOf(/** @type {any[]} */ (children[at] ?? []), types, print)
  const result = nameOf(children[at + 1]) === '->' ? types.idOf(children[at + 2]) : null
  return { name, typed: result !== null || ids.some((id) => id !== null), params, param_type_ids: ids, return_type_id: result, line, column }
}

class Describer {
  /** @type {ReturnType<typeof callableOf>[]} */ callables = []
  /** @type {{ name: string, type_id: number }[]} */ aliases = []
  /** @type {string[]} */ exports = []
  /** @type {{ path: string | null, package: string | null, names: string[] }[]} */ imports = []
  /** @type {string[]} importable unless something is exported explicitly */ #members = []
  #print

  /** @param {(form: unknown) => string} print */
  constructor(print) {
    this.#print = print
    this.types = new TypeTable(print)
  }

  /** @param {any[]} forms at the top level */
  module(forms) {
    for (const form of forms) {
      const { props = {}, children = [] } = form instanceof GeneNode ? form : {}
      const head = headOf(form)
      if (head === 'import') this.#import(children, props)
      if (head === 'export') this.exports.push(...children.flat().map((name) => nameOf(name) || String(name)))
      const isMember = ['fn', 'class', 'interface', 'ns'].includes(head) || /^(\$ns)?\/./.test(nameOf(children[0]))
      if (isMember && declared(children[0])) this.#members.push(declared(children[0]))
    }
    if (this.exports.length === 0) this.exports = this.#members
    return this.scope(forms, '')
  }

  /** @param {any[]} items @param {Record<string, any>} props */
  #import(items, { pkg, path }) {
    const from = items.findIndex((item) => nameOf(item) === 'from')
    const of = items.findIndex((item) => nameOf(item) === 'of')
    const names = items.slice(0, from < 0 ? undefined : from).map((item) => this.#print(item))
    this.imports.push({ path: from < 0 ? null : String(items[from + 1]), package: (of < 0 ? pkg : items[of + 1]) ?? path ?? null, names })
  }

  /** Callables and aliases of these forms; gives the types in them. @param {any[]} forms @param {string} prefix of their names @returns {any[]} */
  scope(forms, prefix) {
    const found = []
    for (const form of forms) {
      if (!(form instanceof GeneNode)) continue
      const head = headOf(form)
      const [first, ...rest] = form.children
      if (FUNCTIONS.includes(head)) this.#callable(head, form, prefix)
      else if (head === 'var' || head === 'let') {
        const value = /** @type {any} */ (form.children.at(-1))
        if (headOf(value) === 'fn' && Array.isArray(value.children[0])) this.#add(prefix + declared(first), value)
      } else if (head === 'type') this.aliases.push({ name: prefix + declared(first), type_id: this.types.idOf(rest[0]) })
      else if (TYPES.includes(head)) found.push(this.#type(head, declared(first), rest, prefix))
    }
    return found
  }

  /** @param {string} head @param {GeneNode} form @param {string} prefix */
  #callable(head, form, prefix) {
    const name = head.startsWith('ctor') ? head : declared(form.children[0])
    if (name) this.#add(prefix + name, form)
  }

  /** @param {string} name @param {GeneNode} form */
  #add(name, form) {
    this.callables.push(callableOf(name, form, this.types, this.#print))
  }

  /** @param {string} kind @param {string} name @param {any[]} body @param {string} prefix @returns {any} */
  #type(kind, name, body, prefix) {
    if (kind === 'enum') return { name: prefix + name, kind, children: body.map((variant) => this.#variant(variant)) }
    const children = this.scope(body, `${prefix}${name}${kind === 'ns' ? '/' : '.'}`)
    return { name: prefix + name, kind: kind === 'ns' ? 'namespace' : kind, children }
  }

  /** @param {unknown} form */
  #variant(form) {
    return { name: headOf(form) || nameOf(form), kind: 'variant', children: [] }
  }
}

/**
 * @param {import('../runtime.js').Runtime} runtime
 * @param {string} source
 * @param {string} file as the user calls it
 * @param {string} path absolute
 */
export function metadataOf(runtime, source, file, path) {
  const listing = runtime.compile(source, { file })
  const { forms, diagnostics: [fault] } = runtime.parse(source, { file })
  if (fault) throw new GeneError(fault.message, { code: fault.code, file, line: fault.line, column: fault.column })
  const describer = new Describer((form) => (form instanceof GeneSymbol ? form.name : runtime.print(form)))
  const types = describer.module(forms)
  return {
    format: 'ai-metadata',
    source: file,
    module_path: path,
    instruction_count: listing.match(INSTRUCTION)?.length ?? 0,
    module_exports: describer.exports,
    module_imports: describer.imports,
    module_types: types,
    type_descriptors: describer.types.descriptors,
    type_registry_module_path: path,
    type_aliases: describer.aliases,
    callables: describer.callables,
  }
}
