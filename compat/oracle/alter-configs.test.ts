import { runScenarios } from './run-scenarios.ts'
import { alterConfigScenarios, alterConfigSettings } from './scenarios/alter-configs.ts'

runScenarios('changes of configs', alterConfigScenarios, alterConfigSettings)
