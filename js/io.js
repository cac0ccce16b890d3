// io.js — standard output, error and input of a runtime.

/**
 * A function that writes text to whatever the embedder gave.
 * @param {import('./options.js').OutputTarget | undefined} target
 * @param {(text: string) => void} fallback
 * @param {string} name
 * @returns {(text: string) => void}
 */
export function makeOutput(target, fallback, name) {
  if (target === undefined) return fallback
  if (typeof target === 'function') return (text) => void target(text)
  if (typeof target === 'object' && target && 'getWriter' in target) {
    const writer = target.getWriter()
    return (text) => void writer.write(text).catch(() => {}) // a closed stream takes no more
  }
  if (typeof target?.write === 'function') return (text) => void target.write(text)
  throw new TypeError(`options.${name} must be a function or a WritableStream`)
}

/** @param {ReadableStream<any>} stream */
async function* chunksOf(stream) {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    reader.releaseLock()
  }
}

/** @param {() => any} read */
async function* calls(read) {
  for (;;) {
    const chunk = await read()
    if (chunk === null || chunk === undefined) return
    yield chunk
  }
}

/** @param {import('./options.js').InputSource | undefined} source @returns {AsyncIterator<any> | Iterator<any>} */
function open(source) {
  if (source === undefined) return [][Symbol.iterator]()
  if (typeof source === 'string') return [source][Symbol.iterator]()
  if (typeof source === 'function') return calls(source)
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]()
  if ('getReader' in source) return chunksOf(/** @type {any} */ (source))
  if (Symbol.iterator in source) return source[Symbol.iterator]()
  throw new TypeError('options.stdin must be a string, a function, an iterable or a ReadableStream')
}

/** Standard input, by lines or as a whole. Reads are answered in the order in which they were asked for. */
export class Input {
  #source
  /** @type {AsyncIterator<any> | Iterator<any> | undefined} opened with the first read */ #chunks
  #decoder = new TextDecoder()
  #buffered = ''
  #isOver = false
  /** @type {Promise<unknown>} */ #last = Promise.resolve()

  /** @param {import('./options.js').InputSource | undefined} source */
  constructor(source) {
    this.#source = source
  }

  /** The next line without its end; null when there is none. @returns {Promise<string | null>} */
  readLine() {
    return this.#next(async () => {
      let end
      while ((end = this.#buffered.indexOf('\n')) < 0 && (await this.#fill()));
      if (end < 0 && this.#buffered === '') return null
      const line = end < 0 ? this.#buffered : this.#buffered.slice(0, end)
      this.#buffered = end < 0 ? '' : this.#buffered.slice(end + 1)
      return line.endsWith('\r') ? line.slice(0, -1) : line
    })
  }

  /** Everything that is left. @returns {Promise<string>} */
  readAll() {
    return this.#next(async () => {
      while (await this.#fill());
      const text = this.#buffered
      this.#buffered = ''
      return text
    })
  }

  /** Stops reading; a source that can be told is told. */
  close() {
    this.#isOver = true
    void Promise.resolve(this.#chunks?.return?.()).catch(() => {})
  }

  /** @template T @param {() => Promise<T>} read @returns {Promise<T>} */
  #next(read) {
    const answer = this.#last.then(read)
    this.#last = answer.catch(() => {})
    return answer
  }

  /** One more chunk; false at the end. */
  async #fill() {
    if (this.#isOver) return false
    this.#chunks ??= open(this.#source)
    const { done, value } = await this.#chunks.next()
    if (done) {
      this.#isOver = true
      this.#buffered += this.#decoder.decode()
    } else this.#buffered += typeof value === 'string' ? value : this.#decoder.decode(value, { stream: true })
    return !done
  }
}
