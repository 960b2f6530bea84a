import { describe, expect, it } from 'vitest'
import type { Ports } from '../../../../src/base/ports.ts'
import type { CrashKind } from '../../../support/world/simulated-node.ts'
import { World } from '../../../support/world/world.ts'

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed)
const bytes = (text: string) => Buffer.from(text, 'latin1')

interface Story {
  /** Done to the end, with its directory durable. */
  readonly before?: (ports: Ports) => Promise<void>
  /** What the crash interrupts: done to its end, unless `crashAtChange` says otherwise. */
  readonly work: (ports: Ports) => Promise<void>
  readonly crashAtChange?: number
  readonly kind?: CrashKind
  readonly reordersNames?: boolean
  readonly after: (ports: Ports) => Promise<string | null>
}

/** What is found after the crash, over many seeds: how often each outcome came up. */
async function outcomes(story: Story): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const seed of SEEDS) {
    const outcome = await outcomeOf(story, seed)
    found.set(outcome, (found.get(outcome) ?? 0) + 1)
  }
  return found
}

async function outcomeOf(story: Story, seed: number): Promise<string> {
  const world = new World({ seed })
  const node = world.node('a')
  node.faults.reordersNames = story.reordersNames ?? false
  await world.complete(prepare(node.ports, story))
  const work = story.work(node.ports)
  if (story.crashAtChange === undefined) {
    await world.complete(work)
    node.crash(story.kind ?? 'power')
  } else {
    node.faults.crashAtChange(story.crashAtChange, story.kind)
    await world.runUntil(() => !node.isRunning)
  }
  return String(await world.complete(story.after(world.restart('a'))))
}

async function prepare(ports: Ports, story: Story): Promise<void> {
  await ports.disk.makeDirectory('/data')
  await story.before?.(ports)
  await ports.disk.flushDirectory('/data')
  await ports.disk.flushDirectory('/')
}

const readBack = (path: string) => async (ports: Ports) => {
  const content = await ports.disk.readFile(path)
  return content === null ? null : content.toString('latin1')
}

async function writeFlushed(ports: Ports, path: string, text: string): Promise<void> {
  const file = await ports.disk.open(path, 'create')
  file.writeAt([bytes(text)], 0)
  await file.flush()
  file.close()
}

describe('after a loss of power', () => {
  it('flushed bytes are there, in a durable directory', async () => {
    const found = await outcomes({ before: (ports) => writeFlushed(ports, '/data/f', 'flushed'), work: async () => {}, after: readBack('/data/f') })
    expect([...found.keys()]).toEqual(['flushed'])
  })

  it('unflushed bytes are there whole, in part or not at all, but never others', async () => {
    const found = await outcomes({
      before: (ports) => writeFlushed(ports, '/data/f', 'kept'),
      work: async ({ disk }) => {
        const file = await disk.open('/data/f', 'write')
        file.writeAt([bytes('one')], 4)
        file.writeAt([bytes('two')], 7)
      },
      after: readBack('/data/f'),
    })
    for (const expected of ['kept', 'keptonetwo', 'keptone']) expect(found.has(expected), `${expected} comes up`).toBe(true)
    for (const outcome of found.keys()) expect(outcome).toMatch(/^kept(o|on|one|\0\0\0)?(t|tw|two)?$/)
  })

  it('long writes are torn at sectors, old and new ones mixed', async () => {
    const found = await outcomes({
      before: (ports) => writeFlushed(ports, '/data/f', 'o'.repeat(4096)),
      work: async ({ disk }) => (await disk.open('/data/f', 'write')).writeAt([bytes('n'.repeat(4096))], 0),
      after: readBack('/data/f'),
    })
    expect([...found.keys()].some((outcome) => /o{512}n{512}/.test(outcome) && /n{512}o{512}/.test(outcome))).toBe(true)
    for (const outcome of found.keys()) expect(outcome).toMatch(/^[on]{4096}$/)
  })

  it('what a flush covers does not depend on writes made while it ran', async () => {
    const found = await outcomes({
      before: (ports) => writeFlushed(ports, '/data/f', ''),
      work: async ({ disk }) => {
        const file = await disk.open('/data/f', 'write')
        file.writeAt([bytes('covered')], 0)
        const flushed = file.flush()
        file.writeAt([bytes('+late')], 7)
        await flushed
      },
      after: readBack('/data/f'),
    })
    expect(found.size).toBeGreaterThan(1)
    for (const outcome of found.keys()) expect(outcome).toMatch(/^covered/)
  })

  it('a new file may be gone although its bytes were flushed, until its directory is', async () => {
    const story = { work: (ports: Ports) => writeFlushed(ports, '/data/f', 'flushed'), after: readBack('/data/f') }
    expect([...(await outcomes(story)).keys()].sort()).toEqual(['flushed', 'null'])
    const withDirectory = async (ports: Ports) => {
      await story.work(ports)
      await ports.disk.flushDirectory('/data')
    }
    expect([...(await outcomes({ ...story, work: withDirectory })).keys()]).toEqual(['flushed'])
  })

  it('a rename is whole or undone', async () => {
    const found = await outcomes({
      before: (ports) => writeFlushed(ports, '/data/old', 'content'),
      work: ({ disk }) => disk.rename('/data/old', '/data/new'),
      after: async ({ disk }) => (await disk.list('/data')).map((entry) => entry.name).join(),
    })
    expect([...found.keys()].sort()).toEqual(['new', 'old'])
  })

  it('names survive in the order of their changes, unless the file system reorders', async () => {
    const work = async ({ disk }: Ports) => {
      for (const name of ['1', '2', '3']) (await disk.open(`/data/${name}`, 'create')).close()
    }
    const after = async ({ disk }: Ports) => (await disk.list('/data')).map((entry) => entry.name).join('')
    expect([...(await outcomes({ work, after })).keys()].sort()).toEqual(['', '1', '12', '123'])
    const reordered = await outcomes({ work, after, reordersNames: true })
    expect([...reordered.keys()].sort()).toEqual(['', '1', '12', '123', '13', '2', '23', '3'])
  })

  it('an atomic write interrupted anywhere leaves the old content or the new', async () => {
    const found = await outcomes({
      before: ({ disk }) => disk.writeFileAtomic('/data/f', bytes('old')),
      work: ({ disk }) => disk.writeFileAtomic('/data/f', bytes('new')),
      crashAtChange: 1,
      after: readBack('/data/f'),
    })
    expect([...found.keys()].sort()).toEqual(['new', 'old'])
  })

  it('an atomic write that was answered is durable', async () => {
    const found = await outcomes({ work: ({ disk }) => disk.writeFileAtomic('/data/f', bytes('new')), after: readBack('/data/f') })
    expect([...found.keys()]).toEqual(['new'])
  })
})

describe('after the end of the process alone', () => {
  it('everything that was written is there', async () => {
    const found = await outcomes({
      work: async ({ disk }) => (await disk.open('/data/f', 'create')).writeAt([bytes('written')], 0),
      kind: 'process',
      after: readBack('/data/f'),
    })
    expect([...found.keys()]).toEqual(['written'])
  })

  it('a later loss of power still takes what was never flushed', async () => {
    const results = new Set<string>()
    for (const seed of SEEDS) {
      const world = new World({ seed })
      const node = world.node('a')
      await world.complete(prepare(node.ports, { before: (ports) => writeFlushed(ports, '/data/f', ''), work: async () => {}, after: async () => null }))
      const file = await world.complete(node.ports.disk.open('/data/f', 'write'))
      file.writeAt([bytes('x')], 0)
      node.crash('process')
      world.restart('a')
      node.crash('power')
      results.add(String(await world.complete(readBack('/data/f')(world.restart('a')))))
    }
    expect([...results].sort()).toEqual(['', 'x'])
  })

  it('the lock of the directory is free', async () => {
    const world = new World({ seed: 1 })
    await world.complete(world.node('a').ports.disk.makeDirectory('/data'))
    await world.complete(world.node('a').ports.disk.lockDirectory('/data'))
    world.crash('a', 'process')
    await expect(world.complete(world.restart('a').disk.lockDirectory('/data'))).resolves.toBeDefined()
  })
})

describe('the process that crashed', () => {
  it('is not heard of again: no timer, no settled promise, no effect of the rest of its turn', async () => {
    const world = new World({ seed: 3 })
    const node = world.node('a')
    const { disk, timers } = node.ports
    const heard: string[] = []
    await world.complete(disk.makeDirectory('/data'))
    const file = await world.complete(disk.open('/data/f', 'create'))
    timers.schedule(50, () => heard.push('timer'))
    void file.flush().then(() => heard.push('flush'))
    node.faults.crashAtChange(1, 'process')
    file.writeAt([bytes('torn')], 0)
    expect(node.isRunning).toBe(false)
    // The zombie goes on to the end of its turn, on files that are no more.
    file.writeAt([bytes('zombie')], 10)
    void disk.writeFileAtomic('/data/zombie', bytes('x')).then(() => heard.push('write'))
    timers.defer(() => heard.push('deferred'))
    await world.run(1000)
    expect(heard).toEqual([])
    const ports = world.restart('a')
    expect(await world.complete(readBack('/data/f')(ports))).toMatch(/^t?o?r?n?$/)
    expect((await world.complete(ports.disk.list('/data'))).map((entry) => entry.name)).toEqual(['f'])
  })

  it('can be made to crash in the middle of every change in turn', async () => {
    const work = async ({ disk }: Ports) => {
      await disk.makeDirectory('/data/p')
      const file = await disk.open('/data/p/f', 'create')
      file.writeAt([bytes('abc')], 0)
      await file.flush()
      file.truncate(1)
      await disk.rename('/data/p/f', '/data/p/g')
      await disk.flushDirectory('/data/p')
      await disk.writeFileAtomic('/data/p/c', bytes('c'))
      await disk.removeFile('/data/p/g')
      await disk.removeDirectory('/data/p')
    }
    const clean = new World({ seed: 1 })
    await clean.complete(clean.node('a').ports.disk.makeDirectory('/data'))
    const before = clean.node('a').faults.changeCount
    await clean.complete(work(clean.node('a').ports))
    const changes = clean.node('a').faults.changeCount - before
    expect(changes).toBe(10)
    for (let change = 1; change <= changes; change++) {
      const world = new World({ seed: 1 })
      const node = world.node('a')
      await world.complete(node.ports.disk.makeDirectory('/data'))
      node.faults.crashAtChange(change)
      void work(node.ports)
      await world.runUntil(() => !node.isRunning)
      expect(node.faults.changeCount).toBe(before + change)
    }
  })
})
