import { describe, expect, it } from 'vitest'
import { IncomingSnapshot } from '../../../../src/raft/shell/incoming-snapshot.ts'
import { encodeSnapshot } from '../../../../src/raft/snapshot-file.ts'
import { SnapshotStore } from '../../../../src/raft/snapshot-store.ts'
import { World } from '../../../support/world/world.ts'
import { text } from '../raft-world.ts'

const DIRECTORY = '/log'
const ID = { offset: 42, epoch: 3 }
const HEADER = { epoch: 3, nowMs: 0, lastContainedLogTimestampMs: 7, kraftVersion: 0, voters: [] }
const BYTES = Buffer.concat([...encodeSnapshot(HEADER, ['one', 'two'], text)])

async function opened() {
  const world = new World({ seed: 1 })
  const { ports } = world.node('a')
  await world.complete(ports.disk.makeDirectory(DIRECTORY))
  const open = () => SnapshotStore.open({ directory: DIRECTORY, ...world.node('a').ports, serde: text }, 0)
  const store = await world.complete(open())
  const incoming = new IncomingSnapshot({ store, serde: text, disk: ports.disk })
  const names = async () => (await world.complete(world.node('a').ports.disk.list(DIRECTORY))).map(({ name }) => name)
  return { world, store, incoming, names, open }
}

async function writeAll({ world, incoming }: Awaited<ReturnType<typeof opened>>, bytes = BYTES, pieceBytes = 50): Promise<void> {
  for (let position = 0; position < bytes.length; position += pieceBytes) {
    await world.complete(incoming.write(ID, position, bytes.subarray(position, position + pieceBytes)))
  }
}

describe('a snapshot that comes from a leader', () => {
  it('is one of this node when all pieces are there, and a loss of power does not take it back', async () => {
    const stage = await opened()
    await writeAll(stage)
    expect(stage.store.all).toEqual([])
    const content = await stage.world.complete(stage.incoming.install(ID))
    expect([content.records, content.lastContainedLogTimestampMs]).toEqual([['one', 'two'], 7])
    expect(stage.store.all).toEqual([{ id: ID, sizeBytes: BYTES.length }])
    stage.world.crash('a', 'power')
    stage.world.restart('a')
    const found = await stage.world.complete(stage.open())
    expect((await stage.world.complete(found.read(ID))).records).toEqual(['one', 'two'])
  })

  it('is refused when it is no whole snapshot', async () => {
    const stage = await opened()
    await writeAll(stage, BYTES.subarray(0, BYTES.length - 20))
    await expect(stage.world.complete(stage.incoming.install(ID))).rejects.toMatchObject({
      code: 'METADATA_SNAPSHOT',
      message: expect.stringContaining('the snapshot that the leader sent'),
    })
    expect(stage.store.all).toEqual([])
  })

  it('takes the place of one that was begun before, of which nothing stays', async () => {
    const stage = await opened()
    await stage.world.complete(stage.incoming.write({ offset: 30, epoch: 3 }, 0, BYTES.subarray(0, 10)))
    await writeAll(stage)
    await stage.world.complete(stage.incoming.install(ID))
    expect(await stage.names()).toEqual(['00000000000000000042-0000000003.checkpoint'])
  })

  it('leaves nothing behind when the node stops before it is whole', async () => {
    const stage = await opened()
    await stage.world.complete(stage.incoming.write(ID, 0, BYTES.subarray(0, 10)))
    await stage.world.complete(stage.incoming.drop())
    await stage.world.complete(stage.incoming.drop())
    expect(await stage.names()).toEqual([])
  })

  it('is given on to others in pieces', async () => {
    const stage = await opened()
    await writeAll(stage)
    await stage.world.complete(stage.incoming.install(ID))
    const piece = (position: number, maxBytes: number) => stage.world.complete(stage.store.readPiece(ID, position, maxBytes))
    expect(await piece(0, 10)).toEqual(BYTES.subarray(0, 10))
    expect(await piece(BYTES.length - 4, 10)).toEqual(BYTES.subarray(-4))
    expect(await stage.world.complete(stage.store.readPiece({ offset: 1, epoch: 1 }, 0, 10))).toBeNull()
  })
})
