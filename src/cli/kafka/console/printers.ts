import type { Output } from '../../command.ts'
import type { RecordPrinter } from '../../operations/consume/print-records.ts'
import { formattedRecord, recordFormat } from '../../operations/consume/record-format.ts'
import { UsageExit } from '../options/option-error.ts'

const PACKAGE = 'org.apache.kafka.tools.consumer.'
const NOTHING = Buffer.alloc(0)

/** What prints records in the way that is named as Java names it. Errors: `UsageExit` for what is not here. */
export function printerOf(name: string, properties: ReadonlyMap<string, string>, output: Output): RecordPrinter {
  const onUnknown = (deserializer: string) => output.err(`ERROR Unable to instantiate a deserializer from ${deserializer}\n`)
  switch (name.startsWith(PACKAGE) ? name.slice(PACKAGE.length) : name) {
    case 'DefaultMessageFormatter': {
      const format = recordFormat(properties, onUnknown)
      return (record) => formattedRecord(record, format)
    }
    case 'LoggingMessageFormatter': {
      const format = recordFormat(properties, onUnknown)
      return (record) => {
        const { timestampType, timestamp, key, value } = record
        const shown = (bytes: Buffer | null) => (bytes === null ? 'null' : bytes.toString())
        output.err(`INFO ${timestampType}:${timestamp}, ${key === null ? '' : `key:${shown(key)}, `}value:${shown(value)}\n`)
        return formattedRecord(record, format)
      }
    }
    case 'NoOpMessageFormatter':
      return () => NOTHING
    default:
      throw new UsageExit(`${name} is not here: DefaultMessageFormatter, LoggingMessageFormatter and NoOpMessageFormatter are.`)
  }
}
