// processes.test.js — other programs in Node (language 29 §5–6) and Ctrl-C (28 §3).
// names: system/Process.write system/Process.write_line system/Process.close_stdin system/Process.read_line system/Process.read_until
// names: system/Process.read_available system/Process.read_stderr system/Process.alive? system/Process.signal system/Process.wait system/Process.shutdown

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRuntime } from '../../js/index.js'
import { start } from './cli_support.js'

/** @param {string} source @param {import('../../js/options.js').RuntimeOptions} [options] */
async function output(source, options) {
  let text = ''
  const runtime = await createRuntime({ stdout: (part) => void (text += part), allow: { run: true, env: true }, ...options })
  try {
    await runtime.run({ source, file: 'p.gene' })
  } finally {
    runtime.dispose()
  }
  return text
}

/** Values that the expressions print as, or messages of their errors. @param {string[]} expressions @param {string} [before] */
const values = async (expressions, before = '') =>
  (await output(before + expressions.map((e) => `(println [(try ${e} catch e e/message)])`).join('\n'))).split(/(?<=\])\n/).slice(0, -1)

const isRunning = (/** @type {number} */ pid) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('programs that run to their end', () => {
  test('give their output', async () => {
    assert.deepEqual(await values(['(system/exec "echo" "a b" 1)', '(system/shell "echo out; echo err >&2; exit 3")', '(gene/os/exec "echo x; false")']),
      ['[a b 1\n]', '[{^output out\nerr\n ^exit_code 3}]', '[x\n]'])
    assert.deepEqual(await values(['(system/exec "sh" "-c" "echo $A; pwd" )'], '(set_env "A" "b")'), [`[b\n${process.cwd()}\n]`])
  })

  test('messages', async () => {
    assert.deepEqual(await values(['(system/exec)', '(system/exec 1)', '(system/exec "gene-no-such-program")', '(system/shell)', '(gene/os/exec)']), [
      '[exec requires at least 1 argument (command)]', '[exec requires a string command]',
      '[Failed to execute command: No such file or directory]', '[shell requires 1 argument (command)]', '[exec requires 1 argument (command)]'])
  })

  test('need the grant `run`', async () => {
    const text = await output('(for f in [(fn [] (system/exec "ls")) (fn [] (system/shell "ls")) (fn [] (system/Process/start "ls"))] ' +
      '(try (f) catch e (println e/code e/message)))', { allow: {} })
    assert.equal(text, 'GENE.HOST.DENIED access to run is not allowed (allow.run)\n'.repeat(3))
  })

  test('others run meanwhile', async () => {
    assert.equal(await output('(spawn (fn [] (sleep 5) (println "task"))) (println (system/exec "sh" "-c" "sleep 0.2; echo done"))'), 'task\ndone\n\n')
  })
})

describe('system/Process', () => {
  test('writes and reads', async () => {
    assert.deepEqual(await values(['p', '(p .alive?)', 'p/exit_code', '(p/pid > 0)', '(p .write_line "hello")', '(p .read_line ^timeout 5)', '(p .write "wor")',
      '(p .read_line ^timeout 0.02)', '(p .read_until ";" ^timeout 0)', '(p .write "ld;rest\\r\\nlast")', '(p .read_until ";" ^timeout 5)', '(p .close_stdin)',
      '(p .write "x")', '(p .wait ^timeout 5)', 'p/exit_code', '(p .alive?)', '(p .read_line ^timeout 1)', '(p .read_line ^timeout 1)', '(p .read_line ^timeout 1)',
      '(p .read_available)', '(p .read_stderr ^timeout 1)', '(p .write "x")', '(p .shutdown ^timeout 1)', '(p .signal "TERM")'],
    '(var p (system/Process/start "cat"))'), ['[VkInstance]', '[true]', '[nil]', '[true]', '[nil]', '[hello]', '[nil]', '[nil]', '[nil]', '[nil]', '[world;]', '[nil]',
      '[Process stdin is closed]', '[0]', '[0]', '[false]', '[rest]', '[last]', '[nil]', '[]', '[]', '[Process is no longer running]', '[0]', '[nil]'])
  })

  test('folder, environment, one stream for both outputs', async () => {
    assert.deepEqual(await values(['(q .wait ^timeout 5)', '(q .read_available)', '(q .read_stderr ^timeout 1)'],
      '(var q (system/Process/start "sh" "-c" "echo err >&2; echo $A$B; pwd; echo err >&2; exit 4" ^env {^A "b" ^B 1} ^cwd "/" ^^stderr_to_stdout))'),
    ['[4]', '[err\nb1\n/\nerr\n]', '[stderr is merged into stdout for this Process]'])
  })

  test('signals and shutdown', async () => {
    assert.deepEqual(await values(['(r .read_stderr ^timeout 5)', '(r .read_stderr ^timeout 0.02)', '(r .wait ^timeout 0.02)', '(r .signal "TERM")', '(r .wait ^timeout 5)',
      '(r .signal "HUP")', '(s .read_line ^timeout 5)', '(s .shutdown ^timeout 0.2)', '(s .alive?)'],
    '(var r (system/Process/start "sh" "-c" "echo err >&2; exec sleep 60"))' +
      '(var s (system/Process/start "sh" "-c" "trap \'\' TERM; echo ready; while :; do sleep 0.05; done"))'),
    ['[err\n]', '[nil]', '[nil]', '[nil]', '[143]', '[Unsupported signal: HUP]', '[ready]', '[137]', '[false]'])
  })

  test('exit_code is set without being asked for', async () => {
    assert.equal(await output('(var p (system/Process/start "sh" "-c" "exit 7")) (while (p .alive?) (sleep 5)) (println p/exit_code)'), '7\n')
  })

  test('messages', async () => {
    const start = '(system/Process/start'
    assert.deepEqual(await values([`${start})`, `${start} 1)`, `${start} "gene-no-such-program")`, `${start} "gene-no-such-program" ^^stderr_to_stdout)`, `${start} "ls" ^cwd 1)`,
      `${start} "ls" ^cwd "/no/such")`, `${start} "ls" ^env 1)`, '(new system/Process)', '(p .wait)', '(p .read_line ^timeout "x")', '(p .shutdown ^timeout -1)', '(p .write 1)',
      '(p .read_until "" ^timeout 1)'],
    '(var p (system/Process/start "cat"))'), ['[Process/start requires at least 1 argument (command)]', '[Process/start requires a string command]',
      '[Failed to start process: No such file or directory]', '[Failed to start process: No such file or directory]', '[^cwd must be a string]',
      '[Failed to start process: No such file or directory]', '[^env must be a map]', '[Process cannot be constructed directly - use system/Process/start]',
      '[Process.wait requires ^timeout]', '[Process.read_line requires ^timeout to be an int or float]', '[Process.shutdown requires a non-negative ^timeout]',
      '[Process.write requires a string]', '[Process.read_until requires a non-empty delimiter]'])
  })

  test('a process does not keep the program alive, and dispose() ends it', async () => {
    const pid = Number(await output('(var p (system/Process/start "sleep" "60")) (print p/pid)'))
    for (let i = 0; i < 100 && isRunning(pid); i++) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.equal(isRunning(pid), false)
  })

  test('waiting can be cancelled', async () => {
    assert.equal(await output('(var p (system/Process/start "cat")) (var t (spawn (fn [] (p .read_line ^timeout 60)))) (sleep 20) (t .cancel) ' +
      '(p .write_line "after") (println (p .read_line ^timeout 5))'), 'after\n')
  })
})

describe('on_signal', () => {
  test('calls the handler on Ctrl-C', async () => {
    const { child, ended, printed } = start(['eval', '(on_signal "INT" (fn [] (println "caught") (exit 5))) (println "ready") (sleep 20000)'])
    await printed('ready')
    child.kill('SIGINT')
    const { stdout, exit } = await ended
    assert.deepEqual([stdout, exit], ['ready\ncaught\n', 5])
  })

  test('messages', async () => {
    assert.deepEqual(await values(['(on_signal)', '(on_signal "HUP" println)', '(on_signal "INT" 1)']),
      ['[on_signal requires a signal name and handler]', '[on_signal currently supports only INT]', '[on_signal handler must be callable]'])
  })
})
