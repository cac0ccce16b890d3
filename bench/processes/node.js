// node.js — the same on bare node:http; prints its port.

import { createServer } from 'node:http'

const server = createServer((request, response) => {
  response.writeHead(200, { 'content-length': 5 })
  response.end('hello')
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : '')
})
