// browser.js — starts the system's Chromium with a fresh profile that talks to nobody but the page under test.

import { chromium } from 'playwright-core'
import { findChromium } from '../../js/dev/system_packages.js'

/** Without these, Chromium looks up and calls its vendor's services at every start. */
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic', '--no-first-run']

/**
 * The caller closes it. The sandbox needs a user that is not root; only our own pages are loaded.
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function launchChromium() {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: findChromium(), headless: true, args: [...QUIET, ...sandbox, '--disable-gpu'] })
}
