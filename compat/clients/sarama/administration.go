package main

import (
	"errors"

	"odradek/compat/clients/harness/check"

	"github.com/IBM/sarama"
)

var administration = check.Habits{
	"topics are made listed described and deleted": topics,
	"topics that cannot be made are refused":       refusedTopics,
	"partitions are added":                         addedPartitions,
	"configs are described and altered":            configs,
	"groups are listed described and deleted":      administeredGroups,
	"offsets are committed and listed":             offsets,
	"offsets of a group are deleted":               deletedOffsets,
	"records are deleted":                          deletedRecords,
	"the cluster is described":                     cluster,
}

func topics(bootstrap string) {
	opened := admin(bootstrap)
	minute := "60000"
	newTopic(bootstrap, "described", 3, map[string]*string{"retention.ms": &minute})
	// Listing asks for the metadata and the configs of all topics.
	listed := check.Must(opened.ListTopics())["described"]
	check.Equal([]any{listed.NumPartitions, listed.ReplicationFactor, *listed.ConfigEntries["retention.ms"]}, []any{int32(3), int16(1), minute})
	described := check.Must(opened.DescribeTopics([]string{"described"}))[0]
	check.Equal([]any{described.Err, described.IsInternal, len(described.Partitions)}, []any{sarama.ErrNoError, false, 3})
	check.Equal(described.Partitions[0].Isr, []int32{1})
	check.OK(opened.DeleteTopic("described"))
	check.Until("it is gone", func() bool {
		return check.Must(opened.DescribeTopics([]string{"described"}))[0].Err == sarama.ErrUnknownTopicOrPartition
	})
}

func refusedTopics(bootstrap string) {
	opened := admin(bootstrap)
	refused := func(expected sarama.KError, name string, partitions int32, replicas int16, configs map[string]*string) {
		err := opened.CreateTopic(name, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: replicas, ConfigEntries: configs}, false)
		var topicError *sarama.TopicError
		check.That(errors.As(err, &topicError), "%v is an error of a topic", err)
		check.Equal(topicError.Err, expected)
	}
	newTopic(bootstrap, "twice", 1, nil)
	soon := "soon"
	refused(sarama.ErrTopicAlreadyExists, "twice", 1, 1, nil)
	refused(sarama.ErrInvalidTopic, "in valid", 1, 1, nil)
	refused(sarama.ErrInvalidPartitions, "partitions", 0, 1, nil)
	refused(sarama.ErrInvalidReplicationFactor, "replicas", 1, 3, nil)
	refused(sarama.ErrInvalidConfig, "setting", 1, 1, map[string]*string{"retention.ms": &soon})
	check.Is(opened.DeleteTopic("never-made"), sarama.ErrUnknownTopicOrPartition)
}

func addedPartitions(bootstrap string) {
	opened := admin(bootstrap)
	topic := newTopic(bootstrap, "grown", 1, nil)
	check.OK(opened.CreatePartitions(topic, 3, nil, false))
	check.Until("its metadata shows them", func() bool { return partitionCount(opened, topic) == 3 })
	settings := config()
	settings.Producer.Partitioner = sarama.NewManualPartitioner
	check.OK(produce(bootstrap, settings, &sarama.ProducerMessage{Topic: topic, Partition: 2, Value: sarama.StringEncoder("a")}))
	var refused *sarama.TopicPartitionError
	check.That(errors.As(opened.CreatePartitions(topic, 2, nil, false), &refused), "fewer are refused")
	check.Equal(refused.Err, sarama.ErrInvalidPartitions)
}

func configs(bootstrap string) {
	opened := admin(bootstrap)
	minute, longer, soon := "60000", "70000", "soon"
	topic := newTopic(bootstrap, "configured", 1, map[string]*string{"retention.ms": &minute})
	described := func(name string) string {
		entries := check.Must(opened.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic, ConfigNames: []string{name}}))
		check.Equal(len(entries), 1)
		return entries[0].Value
	}
	comesTo := func(name, value string) {
		check.Until(name+" is "+value, func() bool { return described(name) == value })
	}
	comesTo("retention.ms", minute)
	if config().Version.IsAtLeast(sarama.V2_3_0_0) {
		compact := "compact"
		check.OK(opened.IncrementalAlterConfig(sarama.TopicResource, topic, map[string]sarama.IncrementalAlterConfigsEntry{
			"retention.ms":   {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: &longer},
			"cleanup.policy": {Operation: sarama.IncrementalAlterConfigsOperationAppend, Value: &compact},
		}, false))
		comesTo("retention.ms", longer)
		comesTo("cleanup.policy", "delete,compact")
	}
	check.That(opened.AlterConfig(sarama.TopicResource, topic, map[string]*string{"retention.ms": &soon}, false) != nil, "a wrong value is refused")
	// This call replaces all that was set.
	check.OK(opened.AlterConfig(sarama.TopicResource, topic, map[string]*string{"max.message.bytes": &minute}, false))
	comesTo("max.message.bytes", minute)
	comesTo("retention.ms", "604800000")
}

func administeredGroups(bootstrap string) {
	opened := admin(bootstrap)
	topic := newTopic(bootstrap, "of-a-group", 2, nil)
	settings := config()
	settings.ClientID = "its-member"
	joined := join(bootstrap, "described-group", topic, -1, settings)
	check.Until("it has both partitions", func() bool { return joined.count() == 2 })
	check.Equal(check.Must(opened.ListConsumerGroups())["described-group"], "consumer")
	described := check.Must(opened.DescribeConsumerGroups([]string{"described-group"}))[0]
	check.Equal([]string{described.State, described.ProtocolType, described.Protocol}, []string{"Stable", "consumer", "range"})
	for _, member := range described.Members {
		check.Equal([]string{member.ClientId, member.ClientHost}, []string{"its-member", "/127.0.0.1"})
		check.Equal(check.Must(member.GetMemberAssignment()).Topics, map[string][]int32{topic: {0, 1}})
	}
	check.Is(opened.DeleteConsumerGroup("described-group"), sarama.ErrNonEmptyGroup)
	joined.leave()
	check.OK(opened.DeleteConsumerGroup("described-group"))
	_, listed := check.Must(opened.ListConsumerGroups())["described-group"]
	check.That(!listed, "it is gone")
	check.Is(opened.DeleteConsumerGroup("described-group"), sarama.ErrGroupIDNotFound)
}

func offsets(bootstrap string) {
	opened := admin(bootstrap)
	topic := newTopic(bootstrap, "offsets", 1, nil)
	check.OK(produce(bootstrap, config(), texts(topic, "a", "b", "c")...))
	wanted := map[string]map[int32]sarama.OffsetAndMetadata{topic: {0: {Offset: 2, LeaderEpoch: -1, Metadata: "two"}}}
	committed := check.Must(opened.AlterConsumerGroupOffsets("moved", wanted, nil))
	check.Equal(committed.Errors[topic][0], sarama.ErrNoError)
	fetched := check.Must(opened.ListConsumerGroupOffsets("moved", map[string][]int32{topic: {0}})).GetBlock(topic, 0)
	check.Equal([]any{fetched.Offset, fetched.Metadata, fetched.Err}, []any{int64(2), "two", sarama.ErrNoError})
	check.Equal(values(collect(bootstrap, "moved", topic, 1, nil)), []string{"c"})
}

func deletedOffsets(bootstrap string) {
	opened := admin(bootstrap)
	topic := newTopic(bootstrap, "forgotten", 1, nil)
	check.OK(produce(bootstrap, config(), texts(topic, "a")...))
	joined := join(bootstrap, "forgetful", topic, -1, config())
	joined.next(1)
	check.Is(opened.DeleteConsumerGroupOffset("forgetful", topic, 0), sarama.ErrGroupSubscribedToTopic)
	joined.leave()
	check.OK(opened.DeleteConsumerGroupOffset("forgetful", topic, 0))
	check.Equal(check.Must(opened.ListConsumerGroupOffsets("forgetful", map[string][]int32{topic: {0}})).GetBlock(topic, 0).Offset, int64(-1))
	check.Is(opened.DeleteConsumerGroupOffset("never-made", topic, 0), sarama.ErrGroupIDNotFound)
}

func deletedRecords(bootstrap string) {
	opened := admin(bootstrap)
	topic := newTopic(bootstrap, "shortened", 1, nil)
	check.OK(produce(bootstrap, config(), texts(topic, "0", "1", "2", "3", "4")...))
	check.OK(opened.DeleteRecords(topic, map[int32]int64{0: 3}))
	check.Equal(values(readFrom(bootstrap, topic, sarama.OffsetOldest, 2)), []string{"3", "4"})
	check.That(opened.DeleteRecords(topic, map[int32]int64{0: 9}) != nil, "an offset beyond the end is refused")
}

func cluster(bootstrap string) {
	brokers, controller, err := admin(bootstrap).DescribeCluster()
	check.OK(err)
	check.Equal([]any{controller, len(brokers), brokers[0].ID(), brokers[0].Addr()}, []any{int32(1), 1, int32(1), bootstrap})
}
