// index.js — what `gene-wasm` exports.

export { createRuntime, Runtime } from './runtime.js'
export { GeneCancelError, GeneError, GeneLimitError, GeneSyntaxError, GeneTimeoutError } from './errors.js'
export { format } from './format.js'
export { GeneNode, GeneSymbol } from './forms.js'
export { GeneHandle } from './handle.js'
export { formatError } from './report.js'
export { version } from './version.js'
