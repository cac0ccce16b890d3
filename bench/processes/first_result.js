// first_result.js — the first Gene result of a cold process.

import { createRuntime } from '../../js/index.js'

const runtime = await createRuntime()
if ((await runtime.eval('(1 + 2)')) !== 3) process.exitCode = 1
runtime.dispose()
