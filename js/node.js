// node.js — `gene-wasm/node`: everything `gene-wasm` exports, and what only Node has.

export * from './index.js'
export { NodeFiles } from './node/node_files.js'
