import { runScenarios } from './run-scenarios.ts'
import { groupScenarios } from './scenarios/groups.ts'
import { offsetScenarios } from './scenarios/offsets.ts'

runScenarios('groups', [...groupScenarios, ...offsetScenarios])
