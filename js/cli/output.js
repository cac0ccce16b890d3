// output.js — stdout and stderr of a program, in the order in which it writes. What is written in one turn of the event loop
// goes out together: a system call for each line would cost more than the program.

const LIMIT = 65_536 // characters kept back

export class Output {
  #pending = ''
  #isScheduled = false

  /** @param {string} text */
  write(text) {
    this.#pending += text
    if (this.#pending.length >= LIMIT) this.flush()
    else if (!this.#isScheduled) {
      this.#isScheduled = true
      setImmediate(() => {
        this.#isScheduled = false
        this.flush()
      })
    }
  }

  /** @param {string} text */
  writeError(text) {
    this.flush()
    process.stderr.write(text)
  }

  flush() {
    if (this.#pending === '') return
    const text = this.#pending
    this.#pending = ''
    process.stdout.write(text)
  }
}
