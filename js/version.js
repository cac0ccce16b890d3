// version.js — the package's version; tests compare it with package.json.

export const version = '0.1.0'
