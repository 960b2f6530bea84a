import { open } from 'node:fs'
import { promisify } from 'node:util'

/** `fs.open` as a promise of the bare descriptor: a FileHandle would be closed by the garbage collector. */
export const openDescriptor: (path: string, flags: number, permissions: number) => Promise<number> = promisify(open)
