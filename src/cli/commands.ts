import type { CommandEntry } from './command.ts'

/** What `odradek` does, a line for each. */
export const commands: readonly CommandEntry[] = [
  { name: 'start', summary: 'Run a node until it is told to stop.', load: async () => (await import('./start.ts')).startCommand },
  { name: 'format', summary: 'Prepare the data directories of a node.', load: async () => (await import('./format/format.ts')).formatCommand },
  {
    name: 'doctor',
    summary: 'Say what a client here is told by a broker, and whether it reaches that.',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  { name: 'backup', summary: "Copy a node's data into an archive, while it runs.", load: async () => (await import('./backup.ts')).backupCommand },
  {
    name: 'restore',
    summary: "Put a node's data back from an archive, after checking all of it.",
    load: async () => (await import('./restore.ts')).restoreCommand,
  },
  {
    name: 'metadata',
    summary: 'Write topics, settings, groups and offsets of a cluster as JSON, or make them in another.',
    load: async () => (await import('./metadata/metadata-commands.ts')).metadataCommands,
  },
  {
    name: 'health',
    summary: 'Say whether a node serves requests; the exit code is 0 if it does, else 1.',
    load: async () => (await import('./health.ts')).healthCommand,
  },
  { name: 'config', summary: 'Print the settings in force and where each comes from.', load: async () => (await import('./config.ts')).configCommand },
  { name: 'topics', summary: 'List, make, describe, grow and delete topics.', load: async () => (await import('./admin/topics.ts')).topicCommands },
  { name: 'produce', summary: 'Write lines to a topic.', load: async () => (await import('./admin/produce.ts')).produceCommand },
  { name: 'consume', summary: 'Print the records of a topic.', load: async () => (await import('./admin/consume.ts')).consumeCommand },
  { name: 'groups', summary: 'Groups: where they are, and where they go on.', load: async () => (await import('./admin/groups.ts')).groupCommands },
  { name: 'configs', summary: 'Show and change settings of a cluster.', load: async () => (await import('./admin/configs.ts')).configCommands },
  { name: 'offsets', summary: 'First and last offsets of partitions.', load: async () => (await import('./admin/offsets.ts')).offsetsCommand },
  {
    name: 'cluster',
    summary: 'Brokers, directories, features and voters of a cluster.',
    load: async () => (await import('./admin/cluster.ts')).clusterCommands,
  },
  { name: 'quorum', summary: 'Who keeps the metadata log.', load: async () => (await import('./admin/quorum.ts')).quorumCommand },
  { name: 'elect', summary: 'Give leadership back to the preferred replicas.', load: async () => (await import('./admin/elect.ts')).electCommand },
  { name: 'reassign', summary: 'Move partitions between brokers.', load: async () => (await import('./admin/reassign.ts')).reassignCommands },
  { name: 'log', summary: 'Show what is in files of a partition.', load: async () => (await import('./admin/log.ts')).logCommand },
  {
    name: 'completion',
    summary: 'Print what completes command lines in bash, zsh or fish.',
    load: async () => (await import('./completion.ts')).completionFor(commands),
  },
]
