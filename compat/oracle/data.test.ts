import { crc32c } from '../../protocol/crc32c.ts'
import { runScenarios } from './run-scenarios.ts'
import { dataScenarios } from './scenarios/data.ts'

runScenarios('data', dataScenarios(crc32c))
