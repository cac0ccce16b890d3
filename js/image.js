// image.js — compiled programs: how their bytes begin, and where the source lies that they name.

const MARK = [0x47, 0x49, 0x52] // GIR
const FORMAT_END = 9 // image_is in src/compiler/image.h

/**
 * Whether this is to be taken for a compiled program, be it a good one or not. No source text begins so.
 * @param {unknown} content
 * @returns {content is Uint8Array}
 */
export const isImage = (content) =>
  content instanceof Uint8Array && content.length > 3 && MARK.every((byte, i) => content[i] === byte) && content[3] < FORMAT_END

/**
 * The path of an image's source, which the image names relative to itself. Names as `<eval>` are no paths.
 * @param {string} image path of the image
 * @param {string} named
 */
export function sourcePath(image, named) {
  if (named.startsWith('/') || named.startsWith('<')) return named
  const isAbsolute = image.startsWith('/')
  /** @type {string[]} */ const parts = []
  for (const part of [...image.split('/').slice(0, -1), ...named.split('/')]) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part === '..' ? !isAbsolute : part !== '' && part !== '.') parts.push(part)
  }
  return `${isAbsolute ? '/' : ''}${parts.join('/')}`
}
