// http_client.js — the FETCH operation: one request on the platform's fetch.

import { GeneTimeoutError } from './errors.js'
import { networkError } from './operations.js'

/** Header fields as a plain object, names in lower case, repeated ones as arrays. @param {Headers} headers */
function headersOf(headers) {
  /** @type {Record<string, string | string[]>} */
  const fields = {}
  headers.forEach((value, name) => {
    fields[name] = value
  })
  const cookies = headers.getSetCookie?.() ?? []
  if (cookies.length > 1) fields['set-cookie'] = cookies
  return fields
}

/** @param {any} headers @returns {[string, string][]} */
function headerPairs(headers) {
  return Object.entries(headers ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item) => /** @type {[string, string]} */ ([name, String(item)])))
}

/**
 * @param {typeof globalThis.fetch | undefined} fetch
 * @param {any} request map ^url ^method ^headers ^body ^timeout (ms)
 * @param {AbortSignal} signal the operation was cancelled
 * @returns {Promise<{ status: number, headers: object, body: string }>}
 */
export async function request(fetch, { url, method = 'GET', headers, body, timeout }, signal) {
  if (!fetch) throw networkError('this host has no fetch')
  const limit = timeout > 0 ? AbortSignal.timeout(timeout) : null
  const controller = new AbortController()
  const abort = () => controller.abort()
  signal.addEventListener('abort', abort)
  limit?.addEventListener('abort', abort)
  try {
    const hasBody = body !== undefined && body !== null && !/^(get|head)$/i.test(method)
    const response = await fetch(url, { method, headers: headerPairs(headers), body: hasBody ? body : undefined, signal: controller.signal })
    return { status: response.status, headers: headersOf(response.headers), body: await response.text() }
  } catch (error) {
    if (limit?.aborted) throw new GeneTimeoutError(`request timed out after ${timeout} ms`, { code: 'GENE.ASYNC.TIMEOUT', className: 'TimeoutException' })
    throw networkError(reasonOf(error), error)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** fetch hides what happened in the cause. @param {any} error */
function reasonOf(error) {
  const cause = error?.cause
  const inner = cause?.errors?.[0] ?? cause
  return String(inner?.message || inner?.code || error?.message || error)
}
