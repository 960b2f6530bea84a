import { nodePorts } from '../../../../src/platform/node-ports.ts'

/** Holds the directory given as argument until it is killed. */
await nodePorts().disk.lockDirectory(process.argv[2] as string)
process.stdout.write('held\n')
setInterval(() => {}, 60_000)
