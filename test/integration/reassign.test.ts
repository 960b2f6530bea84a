import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { type Cluster, startCluster } from '../../src/index.ts'

/** `odradek reassign` at three nodes, the third of which stands still where a move shall not end. */
const LEADER_RATE = 'leader.replication.throttled.rate'
const KEPT = 'The bound on copying stays, as partitions are being moved: `odradek reassign verify` takes it away when none is.\n'
const GONE = 'The bound on copying is taken away.\n'

let cluster: Cluster
let directory: string
beforeAll(async () => {
  cluster = await startCluster({ nodes: 3, config: { 'auto.leader.rebalance.enable': false }, logLevel: 'error' })
  directory = await mkdtemp(join(tmpdir(), 'odradek-reassign-'))
})
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

async function odradek(...args: readonly string[]) {
  const texts = { out: '', err: '' }
  const code = await runCli([...args, '--bootstrap-server', cluster.bootstrapServers], {
    out: (text) => {
      texts.out += text
    },
    err: (text) => {
      texts.err += text
    },
  })
  return { code, ...texts }
}

async function told(...args: readonly string[]) {
  const { code, out, err } = await odradek(...args, '--json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return JSON.parse(out)
}

/** A new topic with one replica for each partition, and the plan that moves one from the first node to `to`. */
async function movable(topic: string, to: number): Promise<string> {
  await told('topics', 'create', topic, '--partitions', '6', '--replication-factor', '1')
  const [{ partitions }] = await told('topics', 'describe', topic)
  const { partition } = partitions.find(({ replicas: [id] }: { readonly replicas: readonly number[] }) => id === 1)
  const file = join(directory, `${topic}.json`)
  await writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic, partition, replicas: [to] }] }))
  return file
}

async function setting(kind: 'topic' | 'broker', name: string, key: string): Promise<string | null> {
  const values: readonly { readonly name: string; readonly value: string }[] = await told('configs', 'describe', kind, name)
  return values.find((one) => one.name === key)?.value ?? null
}

const rate = (id: number) => setting('broker', String(id), LEADER_RATE)
const replicas = (topic: string) => setting('topic', topic, 'follower.replication.throttled.replicas')

test('a bound goes when nothing is moved any more, and what another plan has waits for its own', { timeout: 120_000 }, async () => {
  const held = await movable('held', 3)
  const other = await movable('other', 2)
  await cluster.node(3).stop()
  const begun = await odradek('reassign', 'execute', held, '--throttle', '1000000')
  expect(begun).toMatchObject({ code: 0, out: expect.stringContaining('moving'), err: expect.stringContaining('at most 1000000 bytes a second') })
  expect([await rate(1), await replicas('held')]).toEqual(['1000000', expect.stringMatching(/^\d:3$/)])
  const moved = await odradek('reassign', 'execute', other, '--throttle', '2000000', '--wait')
  expect(moved).toMatchObject({ code: 0, out: expect.stringContaining('complete'), err: KEPT })
  expect([await rate(1), await replicas('held'), await replicas('other')]).toEqual([
    '2000000',
    expect.stringMatching(/^\d:3$/),
    expect.stringMatching(/^\d:2$/),
  ])
  expect(await odradek('reassign', 'verify', held)).toMatchObject({ code: 0, out: expect.stringContaining('moving'), err: '' })
  await cluster.node(3).start()
  await expect.poll(() => told('reassign', 'list'), { timeout: 30_000 }).toEqual([])
  expect(await odradek('reassign', 'verify', held, '--keep-throttle')).toMatchObject({ code: 0, out: expect.stringContaining('complete'), err: '' })
  expect(await odradek('reassign', 'verify', held)).toMatchObject({ code: 0, out: expect.stringContaining('complete'), err: GONE })
  expect([await rate(1), await rate(2), await replicas('held'), await replicas('other')]).toEqual([null, '2000000', null, expect.stringMatching(/^\d:2$/)])
  expect(await odradek('reassign', 'verify', other)).toMatchObject({ code: 0, err: GONE })
  expect(await replicas('other')).toBeNull()
})

test('who waits may stop waiting: partitions go on moving, and their bound stays', { timeout: 120_000 }, async () => {
  const plan = await movable('left', 3)
  await cluster.node(3).stop()
  const before = new Set(process.listeners('SIGINT'))
  const waiting = odradek('reassign', 'execute', plan, '--throttle', '1000000', '--wait')
  const added = () => process.listeners('SIGINT').find((listener) => !before.has(listener))
  await expect.poll(added).toBeDefined()
  added()?.('SIGINT')
  expect(await waiting).toMatchObject({ code: 130, out: '', err: expect.stringContaining('go on moving, and the bound on copying stays') })
  expect(await told('reassign', 'list')).toHaveLength(1)
  await cluster.node(3).start()
  await expect.poll(() => told('reassign', 'list'), { timeout: 30_000 }).toEqual([])
  expect(await odradek('reassign', 'verify', plan)).toMatchObject({ code: 0, err: GONE })
})

test('a plan that is cancelled leaves no bound', { timeout: 120_000 }, async () => {
  const plan = await movable('cancelled', 3)
  await cluster.node(3).stop()
  await odradek('reassign', 'execute', plan, '--throttle', '1000000')
  expect(await odradek('reassign', 'cancel', plan)).toMatchObject({ code: 0, out: expect.stringContaining('elsewhere'), err: GONE })
  expect([await rate(1), await rate(2), await replicas('cancelled')]).toEqual([null, null, null])
  expect(await odradek('reassign', 'cancel', plan)).toMatchObject({ code: 0, err: 'None of these partitions is being moved.\n' })
  await cluster.node(3).start()
})

test('a rate that is not of a plan stays, whatever becomes of the plan', { timeout: 120_000 }, async () => {
  await told('configs', 'set', 'broker', '1', `${LEADER_RATE}=777`)
  const plan = await movable('unbound', 2)
  expect(await odradek('reassign', 'execute', plan, '--wait')).toMatchObject({ code: 0, err: '' })
  expect(await odradek('reassign', 'verify', plan)).toMatchObject({ code: 0, err: '' })
  expect(await rate(1)).toBe('777')
  const refused = join(directory, 'refused.json')
  await writeFile(refused, JSON.stringify({ version: 1, partitions: [{ topic: 'unbound', partition: 0, replicas: [9] }] }))
  expect(await odradek('reassign', 'execute', refused, '--throttle', '1000')).toMatchObject({ code: 1, err: expect.stringMatching(/^unbound-0: .*\n$/) })
  expect([await rate(1), await rate(2), await replicas('unbound')]).toEqual(['777', null, null])
  await writeFile(refused, JSON.stringify({ version: 1, partitions: [{ topic: 'absent', partition: 0, replicas: [2] }] }))
  expect(await odradek('reassign', 'execute', refused, '--throttle', '1000')).toMatchObject({ code: 1, err: expect.stringContaining('topic absent') })
  expect([await rate(1), await rate(2)]).toEqual(['777', null])
})
