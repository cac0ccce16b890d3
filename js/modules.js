// modules.js — where the source of an `import` comes from: what the embedder gave, else the file system.

import { absolutePath } from './files.js'
import { isImage } from './image.js'
import { decodeSource } from './source_text.js'

/** @typedef {{ path: string, source: string | Uint8Array, text?: string }} Found source: or an image, of which text is the source if it holds it */

/** @param {string} path */
const folderOf = (path) => path.slice(0, path.lastIndexOf('/')) || '/'

/** @param {string} folder @param {string} path */
const isInside = (folder, path) => path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)

export class ModuleSources {
  #modules
  #cwd
  #mayReadAll
  /** @type {() => Promise<Partial<import('./files.js').FileSystem>>} */ #files
  #onLoad
  #originOf
  /** The program's file: what lies in its folder may be imported without a grant. @type {string | undefined} */ program
  /** The same when it is a compiled program: compiled modules lie beside it. @type {string | undefined} */ image

  /**
   * @param {import('./options.js').Modules | undefined} modules
   * @param {string} cwd
   * @param {boolean} mayReadAll the grant allow.fs; without it there are no packages, and modules only below `cwd` and the program
   * @param {() => Promise<Partial<import('./files.js').FileSystem>>} files
   * @param {(found: Found) => void} onLoad
   * @param {(image: Uint8Array, file: string) => { file: string, text?: string }} originOf
   */
  constructor(modules, cwd, mayReadAll, files, onLoad, originOf) {
    this.#modules = modules
    this.#cwd = cwd
    this.#mayReadAll = mayReadAll
    this.#files = files
    this.#onLoad = onLoad
    this.#originOf = originOf
  }

  /**
   * Those of the files that there are. Where to look is src/lib/packages.gene's business, and so is what to say when nothing is there.
   * @param {string[]} paths absolute
   * @param {string | null} specifier as written in the import; null: of these files, none but these
   * @param {string} referrer path of the importing module
   * @returns {Promise<Found[] | null>} null: only the embedder's function could say, which knows specifiers
   */
  async load(paths, specifier, referrer) {
    const found = typeof this.#modules === 'function'
      ? await this.#asked(paths[0], specifier, referrer)
      : await (this.#modules ? this.#given(paths, specifier) : this.#onDisk(paths, specifier))
    for (const module of found ?? []) {
      const { path, source } = module
      if (source instanceof Uint8Array && !isImage(source)) module.source = decodeSource(source, path)
      this.#onLoad(module)
    }
    return found
  }

  /** @param {string} path @param {string | null} specifier @param {string} referrer */
  async #asked(path, specifier, referrer) {
    if (specifier === null) return null
    const found = await /** @type {Function} */ (this.#modules)(specifier, referrer)
    if (found === null || found === undefined) return []
    return [typeof found === 'string' || found instanceof Uint8Array ? { path, source: found } : { path: found.path ?? path, source: found.source }]
  }

  /** Keys may be written as in the import, or as paths relative to the current directory. @param {string[]} paths @param {string | null} specifier */
  #given(paths, specifier) {
    const given = this.#modules instanceof Map ? this.#modules : new Map(Object.entries(this.#modules ?? {}))
    const base = this.#cwd.endsWith('/') ? this.#cwd : `${this.#cwd}/`
    /** @type {Found[]} */ const found = []
    const sourceOf = (/** @type {string} */ key) => {
      const source = given.get(key)
      return source instanceof Uint8Array ? source : String(source)
    }
    for (const path of paths) {
      const local = path.startsWith(base) ? path.slice(base.length) : path
      const key = [path, local, `./${local}`].find((name) => given.has(name))
      if (key !== undefined) found.push({ path, source: sourceOf(key) })
    }
    if (found.length || specifier === null) return found
    const key = [specifier, `${specifier}.gene`].find((name) => given.has(name))
    return key === undefined ? [] : [{ path: specifier, source: sourceOf(key) }]
  }

  /** @param {string[]} paths @param {string | null} specifier */
  async #onDisk(paths, specifier) {
    if (!this.#mayReadAll && specifier === null) return []
    const files = await this.#files()
    const realPath = async (/** @type {string} */ path) => (await files.realPath?.(path).catch(() => path)) ?? path
    const own = [this.#cwd, ...(this.program ? [folderOf(absolutePath(this.#cwd, this.program))] : [])]
    const roots = this.#mayReadAll ? ['/'] : await Promise.all(own.map(realPath))
    const contentOf = async (/** @type {string} */ real) => {
      return roots.some((root) => isInside(root, real)) ? files.readFile?.(real).catch(() => undefined) : undefined
    }
    const read = async (/** @type {string} */ path) => {
      const real = await realPath(path)
      const content = await contentOf(real)
      if (content !== undefined) return [{ path: real, source: typeof content === 'string' ? content : decodeSource(content, real) }]
      const file = this.#imageOf(path)
      const image = file && (await contentOf(await realPath(file)))
      return file && isImage(image) ? this.#compiled(path, file, image) : []
    }
    return (await Promise.all(paths.map(read))).flat()
  }

  /** Where the image of a module lies when the program is one: beside it. @param {string} path of the module's source */
  #imageOf(path) {
    const [, name] = /([^/]+)\.gene$/.exec(path) ?? []
    return this.image && name && `${folderOf(absolutePath(this.#cwd, this.image))}/${name}.gir`
  }

  /** It may be the image of another file of that name. @param {string} path @param {string} file @param {Uint8Array} image @returns {Found[]} */
  #compiled(path, file, image) {
    const origin = this.#originOf(image, file)
    return origin.file === path ? [{ path, source: image, text: origin.text }] : []
  }
}
