import { Cluster } from '../cluster/cluster.ts'
import { planCluster } from '../cluster/plan.ts'
import { Story } from '../cluster/story.ts'
import type { Scenario } from '../scenario.ts'

/** A whole cluster of three to five nodes; see `Story`. */
export const cluster: Scenario = {
  name: 'cluster',
  promise: 'what was acknowledged stays, once and in order, on all replicas alike, and everything goes on when nothing goes wrong any more',
  sliceSeeds: 10,
  regressions: [165, 172, 540, 561, 30901, 32187, 34933, 38238, 40395, 43505, 44261, 45523, 100452],
  async play(world) {
    const random = world.random.fork('story')
    const story = new Story(new Cluster({ world, plan: planCluster(random.fork('plan')) }), random)
    try {
      await story.tell()
    } catch (error) {
      throw new Error(`${(error as Error).message}\nWhat went wrong:\n  ${story.chaos.log.join('\n  ')}`, { cause: error })
    }
  },
}
