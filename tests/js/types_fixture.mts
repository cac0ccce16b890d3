// types_fixture.mts — how a TypeScript program uses the package; types.test.js only compiles it.

import { createRuntime, GeneError, GeneSymbol, version, type Runtime } from 'gene-wasm'
import { NodeFiles } from 'gene-wasm/node'
const gene: Runtime = await createRuntime({ stdout: (text) => void text, env: { A: '1' }, limits: { memory: 1 }, allow: { fs: true }, fs: 'memory', modules: { 'a.gene': '1' } })
const n: number = await gene.eval('(* x y)', { bindings: { x: 6 }, signal: new AbortController().signal, timeout: 5 })
gene.define('f', async (id: number) => ({ id }))
const { value, exitCode }: { value: any; exitCode: number } = await gene.run({ source: '1', file: 'x' }, { args: ['a'] })
const { forms, diagnostics } = gene.parse('1', { file: 'x' })
const image: Uint8Array = gene.compile('1', { as: 'image', keepSource: true }), listing: string = gene.compile(image, { pretty: true })
await gene.run(image); await gene.run({ image, file: 'build/x.gir', source: '1' }); gene.imageOrigin(image).file.length; listing.length
diagnostics[0].line.toFixed()
try { await gene.call('f', 1) } catch (e) { if (e instanceof GeneError) e.geneStack[0].fn.length }
gene.dispose(); gene[Symbol.dispose](); await gene[Symbol.asyncDispose]()
new GeneSymbol('a').name.length; version.length; new NodeFiles('.')
// @ts-expect-error unknown option
await createRuntime({ stdot: 1 })
export { n, value, exitCode, forms }
