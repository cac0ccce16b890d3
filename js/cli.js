#!/usr/bin/env node
// cli.js — the command `gene`; cli/main.js finds out which command is meant.

import { main } from './cli/main.js'

await main(process.argv.slice(2))
