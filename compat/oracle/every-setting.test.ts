import { runScenarios } from './run-scenarios.ts'
import { alterConfigSettings } from './scenarios/alter-configs.ts'
import { everySettingScenarios } from './scenarios/every-setting.ts'

runScenarios('every setting', everySettingScenarios, alterConfigSettings)
