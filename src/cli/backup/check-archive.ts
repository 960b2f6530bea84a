import { type ArchiveReceiver, type ReadArchive, readArchive } from './read-archive.ts'

/** Reads all of an archive and keeps nothing. Errors: `DecodeError`, those of `chunks`. */
export function checkArchive(chunks: AsyncIterable<Uint8Array>): Promise<ReadArchive> {
  return readArchive(chunks, nowhere)
}

const nowhere: ArchiveReceiver = {
  begin: async () => {},
  discard: async () => {},
  async receive(_place, content) {
    const bytes = content[Symbol.asyncIterator]()
    while ((await bytes.next()).done !== true);
  },
}
