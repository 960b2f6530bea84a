import { createServer, type Server } from 'node:net'

/**
 * Below those that systems give to outgoing connections: such a one would take the port of a node that is to listen in a moment,
 * or that is down and to be started again. Controllers' ports are 10,000 above their brokers'.
 */
const FIRST = 10_200
const TWIN = 10_000
const MAX_TRIES = 1_000

/** Test files that run beside each other choose from parts of their own: a port that one has chosen is not open yet, or for now not. */
const PARTS = 8
const PART_SIZE = 1_200
const OWN_FIRST = FIRST + PART_SIZE * (Number(process.env.VITEST_POOL_ID ?? 0) % PARTS)

/** For the same reason none is chosen twice by one file. */
const chosen = new Set<number>()

/** Ports on 127.0.0.1 that nothing listens on now, chosen by chance. All are held open together, so they differ. */
export function freePorts(count: number): Promise<number[]> {
  return choose(() => Array.from({ length: count }, () => drawn(PART_SIZE) + (Math.random() < 0.5 ? 0 : TWIN)))
}

/** The first of `count` ports in a row that are free, and so are those of their controllers. */
export async function freePortRange(count: number): Promise<number> {
  const [first] = await choose(() => {
    const start = drawn(PART_SIZE - count)
    return Array.from({ length: count }, (_, index) => [start + index, start + index + TWIN]).flat()
  })
  return first as number
}

function drawn(width: number): number {
  return OWN_FIRST + Math.floor(Math.random() * width)
}

/** The first draw all of whose ports are free, and others than before. */
async function choose(draw: () => number[]): Promise<number[]> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const ports = draw()
    if (ports.some((port) => chosen.has(port)) || !(await areFree(ports))) continue
    for (const port of ports) chosen.add(port)
    return ports
  }
  throw new Error(`none of ${MAX_TRIES} draws found free ports from ${OWN_FIRST} on`)
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = await Promise.all(ports.map(listen))
  await Promise.all(servers.map((server) => server && close(server)))
  return servers.every((server) => server !== null)
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
