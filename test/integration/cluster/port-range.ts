import { createServer } from 'node:net'

/** With their controllers, 10,000 above, below what systems give to connections. */
const LOWEST = 10_200
const HIGHEST = 22_000

/** The first of `count` ports in a row that are free, and so are those of their controllers. */
export async function freePortRange(count: number): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const first = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    const ports = Array.from({ length: count }, (_, index) => [first + index, first + index + 10_000]).flat()
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return first
  }
  throw new Error(`there are no ${count} free ports in a row`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
