import { createServer, type Server } from 'node:net'

/**
 * Below those that systems give to outgoing connections: such a one would take the port of a node that is to listen in a moment,
 * or that is down and to be started again.
 */
const FIRST = 10_000
const COUNT = 20_000
const MAX_TRIES = 1000

/** Ports on 127.0.0.1 that nothing listens on now, chosen by chance. All are held open together, so they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { readonly port: number; readonly server: Server }[] = []
  for (let tries = 0; held.length < count; tries++) {
    if (tries > MAX_TRIES) throw new Error(`fewer than ${count} of the ports from ${FIRST} to ${FIRST + COUNT} are free`)
    const port = FIRST + Math.floor(Math.random() * COUNT)
    const server = await listen(port)
    if (server !== null) held.push({ port, server })
  }
  await Promise.all(held.map(({ server }) => close(server)))
  return held.map(({ port }) => port)
}

/** null when the port is taken. */
function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
  })
}
