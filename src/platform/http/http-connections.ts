import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Holds `server` to `max` connections. One more takes the place of the oldest that is not being answered, so that those who
 * open connections and say nothing, or say it slowly, keep nobody else out; where all are being answered, it is closed.
 */
export function limitConnections(server: Server, max: number): void {
  /** Requests of each that are being answered; the oldest connection first. */
  const answering = new Map<Socket, number>()
  server.on('connection', (socket) => {
    if (answering.size >= max && !dropOldest(answering)) {
      socket.destroy()
      return
    }
    answering.set(socket, 0)
    socket.once('close', () => answering.delete(socket))
  })
  server.on('request', ({ socket }, outgoing) => {
    count(answering, socket, 1)
    outgoing.once('close', () => count(answering, socket, -1))
  })
}

/** false: all are being answered. */
function dropOldest(answering: Map<Socket, number>): boolean {
  for (const [socket, requests] of answering) {
    if (requests > 0) continue
    answering.delete(socket)
    socket.destroy()
    return true
  }
  return false
}

function count(answering: Map<Socket, number>, socket: Socket, change: number): void {
  const requests = answering.get(socket)
  if (requests !== undefined) answering.set(socket, requests + change)
}
