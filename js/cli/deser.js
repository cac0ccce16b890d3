// deser.js — gene deser: the values that texts of gene/serdes stand for (language 36 §9).

import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { CommandError, EXIT } from './exit.js'
import { readSource, readStdin } from './input.js'
import { Session } from './session.js'

/** @typedef {{ name: string, read: () => string | Promise<string>, isFile?: boolean }} Input */

/**
 * A function of a text, the format, whether the type is wanted, and what tells the names of an instance's fields: what is
 * printed. It lays out containers as `gene parse` does, whose own layout knows forms only.
 */
const PROGRAM = `
(fn literal [v]
  (var text (gene/serdes/serialize v))
  (text .substr 20 (text/.size - 2)))

(fn seal [v] (try (if ((literal v) .starts_with "#") "#" else "") catch * ""))

(fn layout [open items close indent]
  (if items/.empty? ($ open close)
  elif (indent == nil) ($ open (items .join " ") close)
  else ($ open ((items .map (fn [item] ($ "\\n" indent "  " item))) .join "") "\\n" indent close)))

(fn entries [map quoted]
  ((map .pairs) .map (fn [entry]
    (var key {})
    (key .set entry/0 nil)
    (var text (literal key))
    ($ (text .substr 1 (text/.size - 6)) " " (shown entry/1 quoted nil nil)))))

(fn gene_text [v quoted indent fields]
  (var head [(shown v/.type quoted nil fields)])
  (for entry in (entries v/.props quoted) (head .push entry))
  (var open ($ (seal v) "(" (head .join " ")))
  (var children (v/.children .map (fn [child] (inner child quoted indent fields))))
  (if ((open == "(nil") && (children .empty?)) "()"
  elif ((indent == nil) && (children .not_empty?)) (layout ($ open " ") children ")" nil)
  else (layout open children ")" indent)))

(fn inner [v quoted indent fields] (shown v quoted (if (indent != nil) ($ indent "  ")) fields))

(fn function_name [f]
  (var parts ((literal f) .split "\\""))
  (io/path_basename parts/-2))

(fn instance_text [v quoted indent fields]
  (var lines ((fields v) .map (fn [name] ($ name ": " (inner v/<name> quoted indent fields)))))
  (layout #"<Instance of #{v/.class/.name}> {" lines "}" (if (indent == nil) "" else indent)))

(fn shown [v quoted indent fields]
  (var type (typeof v))
  (if (v is String) (if quoted (literal v) else v)
  elif (v is Array) (layout ($ (seal v) "[") (v .map (fn [item] (inner item quoted indent fields))) "]" indent)
  elif (v is Map) (layout ($ (seal v) "{") (entries v quoted) "}" indent)
  elif (v is Gene) (gene_text v quoted indent fields)
  elif (type == "Class") #"<Class #{v/.name}>"
  elif (type == "VkNamespace") "<Namespace>"
  elif (type == "Function") #"<Function #{(function_name v)}>"
  elif (type == "VkCustom") #"<Custom #{v/.class/.name}>"
  elif (v is Object) (instance_text v quoted indent fields)
  else (literal v)))

(fn [text format with_type fields]
  (var v (gene/serdes/deserialize text))
  (var result (shown v (format == "gene") (if (format != "compact") "") fields))
  (var type (typeof v))
  (if (type .starts_with "Vk") (type = (type .substr 2)) elif ((v is Object) && (type != "Class")) (type = #"Instance of #{type}"))
  (if with_type #"#{result}\\nType: #{type}" else result))
`

/** @param {Record<string, any>} options @param {string[]} words @returns {Input[]} */
function inputsOf(options, words) {
  if (options.eval !== undefined) return [{ name: '<eval>', read: () => options.eval }]
  if (words.length) return words.map((name) => ({ name, read: () => readSource(name), isFile: true }))
  return [{ name: '<stdin>', read: readStdin }]
}

/** @param {any} instance a GeneHandle */
const fieldsOf = (instance) => Object.keys(instance.toJS() ?? {})

/** @param {string} text */
function checkNotEmpty(text) {
  if (text.trim() === '') throw new CommandError('Empty input from stdin.')
}

/** @param {string} folder */
function projectFolder(folder) {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new CommandError(`Project directory not found: ${folder}`)
  return resolve(folder)
}

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words }) {
  const { project, format = options.gene ? 'gene' : 'pretty' } = options
  const inputs = inputsOf(options, words)
  const session = await Session.open(options, project === undefined ? {} : { cwd: projectFolder(project) })
  const { runtime, output, signal } = session

  /** Tells both streams, for whoever reads only one of them. @param {string} where @param {any} error */
  function failed(where, error) {
    const missing = error instanceof CommandError
    const title = missing ? 'Error: ' : `${error.className === 'ParseException' ? 'Parse' : 'Deserialization'} error in ${where}: `
    output.writeError(`${title}${error.message}\n`)
    output.write(`Error: ${error.message}\n`)
  }

  session.interruptStdin()
  return session.exitCodeOf(async () => {
    const show = await runtime.eval(PROGRAM, { file: '<deser>' })
    /** @type {number} */ let code = EXIT.OK
    for (const { name, read, isFile } of inputs) {
      if (isFile && inputs.length > 1) output.write(`=== ${name} ===\n`)
      try {
        const text = await read()
        if (name === '<stdin>') checkNotEmpty(text)
        output.write(`${await show(text, format, options['print-type'] === true, fieldsOf)}\n`)
      } catch (error) {
        code = EXIT.FAILED
        if (signal.aborted || (error instanceof CommandError && !isFile)) throw error
        failed(name, error)
      }
    }
    return code
  })
}
