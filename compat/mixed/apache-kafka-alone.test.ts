import { tellStories } from './stories.ts'

// The stories themselves are right where Apache Kafka alone plays in them.
tellStories({ controller: 'kafka', brokers: ['kafka', 'kafka'] })
