import { open, stat } from 'node:fs/promises'

/** Takes away the last bytes of a file. */
export async function cut(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.truncate((await stat(path)).size - bytes)
  await file.close()
}

/** Turns one bit, so many bytes before the end of a file. */
export async function flipBit(path: string, fromEnd: number): Promise<void> {
  const file = await open(path, 'r+')
  const position = (await stat(path)).size - fromEnd
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, position)
  await file.write(Buffer.of(buffer.readUInt8(0) ^ 1), 0, 1, position)
  await file.close()
}
