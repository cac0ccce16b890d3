// gene.js — the hello server in Gene; prints its port.

import { createRuntime } from '../../js/index.js'

const runtime = await createRuntime({ allow: { net: true }, stdout: (text) => process.stdout.write(text) })
await runtime.run({
  file: 'hello.gene',
  source: `(import genex/http)
           (fn app [req] (respond 200 "hello"))
           (var server (start_server 0 app))
           (println server/port)
           (run_forever)`,
})
