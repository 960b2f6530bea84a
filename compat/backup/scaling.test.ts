import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { BackupNodes, odradek } from '../../test/integration/backup/backup-nodes.ts'
import { checkOrders, createTopic, Orders, readByExample } from '../../test/integration/backup/orders.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples')
const TOPIC = 'orders'
const GROUP = 'warehouse'

interface DescribedTopic {
  readonly partitions: readonly { readonly partition: number; readonly replicas: readonly number[]; readonly isr: readonly number[] }[]
}

async function described(bootstrapServers: string, topic: string): Promise<DescribedTopic['partitions']> {
  const { exit, out, err } = await odradek('topics', 'describe', topic, '--json', '--bootstrap-server', bootstrapServers)
  expect(exit, err).toBe(0)
  return (JSON.parse(out) as readonly DescribedTopic[])[0]?.partitions ?? []
}

/** `examples/consumer.ts`, and what it printed. */
class Member implements AsyncDisposable {
  out = ''
  readonly #process: ChildProcess
  readonly #closed: Promise<unknown>

  constructor(bootstrapServers: string) {
    const args = [join(EXAMPLES, 'consumer.ts'), '--brokers', bootstrapServers, '--topic', TOPIC, '--group', GROUP]
    this.#process = spawn(process.execPath, args, { cwd: EXAMPLES, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#closed = once(this.#process, 'close')
    this.#process.stdout?.on('data', (chunk) => (this.out += chunk))
  }

  /** As it was told last. */
  get partitions(): readonly string[] {
    const last = [...this.out.matchAll(/^joined .*: partitions (.*)$/gm)].at(-1)?.[1]
    return last === undefined || last === 'none' ? [] : last.split(', ')
  }

  get values(): readonly string[] {
    return [...this.out.matchAll(/^partition \d+, offset \d+: (.*)$/gm)].map(([, value]) => (value as string).trim())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#closed
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20)
}

describe('a cluster that grows', () => {
  test('by a broker, which joins by itself and takes its share by reassign, while producers go on', { timeout: 300_000 }, async () => {
    await using nodes = await BackupNodes.make()
    for (const nodeId of [1, 2, 3]) await nodes.startMember(nodeId)
    await createTopic(nodes.bootstrapServers, TOPIC, 8)
    await using orders = await Orders.begin(nodes.bootstrapServers, TOPIC)
    await orders.more(100)
    await nodes.startMember(4)
    const at = ['--bootstrap-server', nodes.bootstrapServers]
    expect((await described(nodes.bootstrapServers, TOPIC)).flatMap(({ replicas }) => replicas)).not.toContain(4)
    const plan = await odradek('reassign', 'plan', TOPIC, ...at)
    expect(plan).toMatchObject({ exit: 0, err: '' })
    const file = nodes.file('plan.json')
    writeFileSync(file, plan.out)
    expect(JSON.parse(plan.out).partitions.filter(({ replicas }: { readonly replicas: readonly number[] }) => replicas.includes(4))).toHaveLength(6)
    const moved = await odradek('reassign', 'execute', file, '--throttle', '10000000', '--wait', '--json', ...at)
    expect(moved).toMatchObject({ exit: 0 })
    expect(new Set(JSON.parse(moved.out).map(({ state }: { readonly state: string }) => state))).toEqual(new Set(['complete']))
    const partitions = await described(nodes.bootstrapServers, TOPIC)
    expect(partitions.filter(({ isr }) => isr.includes(4))).toHaveLength(6)
    expect(partitions.every(({ replicas }) => replicas.length === 3)).toBe(true)
    expect(await odradek('reassign', 'list', '--json', ...at)).toMatchObject({ exit: 0, out: '[]\n' })
    const { out: configs } = await odradek('metadata', 'export', ...at)
    expect(configs).not.toContain('throttled')
    await orders.more(20)
    const sent = await orders.stop()
    checkOrders(await readByExample(nodes.bootstrapServers, TOPIC, sent), sent)
  })

  test('by partitions, which three consumers of a group share', { timeout: 300_000 }, async () => {
    await using nodes = await BackupNodes.make()
    await nodes.startAlone('--topic', `${TOPIC}:2`)
    const at = ['--bootstrap-server', nodes.bootstrapServers]
    expect(await odradek('topics', 'grow', TOPIC, '--partitions', '6', ...at)).toMatchObject({ exit: 0, out: `Topic ${TOPIC} has 6 partitions.\n` })
    expect(await described(nodes.bootstrapServers, TOPIC)).toHaveLength(6)
    await using one = new Member(nodes.bootstrapServers)
    await using two = new Member(nodes.bootstrapServers)
    await using three = new Member(nodes.bootstrapServers)
    const members = [one, two, three]
    await until(() => members.every(({ partitions }) => partitions.length === 2))
    expect(new Set(members.flatMap(({ partitions }) => partitions)).size).toBe(6)
    await using orders = await Orders.begin(nodes.bootstrapServers, TOPIC)
    await orders.more(60)
    const sent = await orders.stop()
    await until(() => members.flatMap(({ values }) => values).length >= sent.length)
    expect(members.flatMap(({ values }) => values).toSorted()).toEqual(sent.toSorted())
    expect(members.every(({ values }) => values.length > 0)).toBe(true)
  })
})
