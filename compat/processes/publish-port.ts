/** PORT HOST [HOST-PORT]: passes connections to PORT of this machine on to HOST, as Docker does for a published port. */
import { connect, createServer } from 'node:net'

const [port = '', host = '', hostPort = port] = process.argv.slice(2)
createServer((inside) => {
  const outside = connect(Number(hostPort), host)
  inside.pipe(outside).pipe(inside)
  for (const [one, other] of [
    [inside, outside],
    [outside, inside],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('published\n'))
