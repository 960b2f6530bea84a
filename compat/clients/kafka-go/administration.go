package main

import (
	"fmt"

	"odradek/compat/clients/harness/check"

	"github.com/segmentio/kafka-go"
)

var administration = check.Habits{
	"topics are made listed described and deleted": topics,
	"topics that cannot be made are refused":       refusedTopics,
	"partitions are added":                         addedPartitions,
	"configs are described and altered":            configs,
	"groups are listed described and deleted":      administeredGroups,
	"offsets are committed and listed":             offsets,
	"offsets of a group are deleted":               deletedOffsets,
	"the cluster is described":                     cluster,
}

func topics(bootstrap string) {
	newTopic(bootstrap, "described", 3)
	described := metadata(bootstrap, "described").Topics[0]
	check.Equal([]any{described.Error, described.Internal, len(described.Partitions)}, []any{nil, false, 3})
	check.Equal([]int{described.Partitions[0].Leader.ID, described.Partitions[0].Isr[0].ID}, []int{1, 1})
	deleted := check.Must(admin(bootstrap).DeleteTopics(check.Context(20), &kafka.DeleteTopicsRequest{Topics: []string{"described", "never-made"}}))
	check.OK(deleted.Errors["described"])
	check.Is(deleted.Errors["never-made"], kafka.UnknownTopicOrPartition)
	check.Until("it is gone", func() bool { return partitionCount(bootstrap, "described") == 0 })
}

func refusedTopics(bootstrap string) {
	refused := func(expected error, topic kafka.TopicConfig) {
		created := check.Must(admin(bootstrap).CreateTopics(check.Context(20), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{topic}}))
		check.Is(created.Errors[topic.Topic], expected)
	}
	newTopic(bootstrap, "twice", 1)
	refused(kafka.TopicAlreadyExists, kafka.TopicConfig{Topic: "twice", NumPartitions: 1, ReplicationFactor: 1})
	refused(kafka.InvalidTopic, kafka.TopicConfig{Topic: "in valid", NumPartitions: 1, ReplicationFactor: 1})
	refused(kafka.InvalidPartitionNumber, kafka.TopicConfig{Topic: "partitions", NumPartitions: -5, ReplicationFactor: 1})
	refused(kafka.InvalidReplicationFactor, kafka.TopicConfig{Topic: "replicas", NumPartitions: 1, ReplicationFactor: 3})
	wrong := []kafka.ConfigEntry{{ConfigName: "retention.ms", ConfigValue: "soon"}}
	refused(kafka.InvalidConfiguration, kafka.TopicConfig{Topic: "setting", NumPartitions: 1, ReplicationFactor: 1, ConfigEntries: wrong})
}

func addedPartitions(bootstrap string) {
	topic := newTopic(bootstrap, "grown", 1)
	grow := func(count int32) error {
		request := &kafka.CreatePartitionsRequest{Topics: []kafka.TopicPartitionsConfig{{Name: topic, Count: count}}}
		return check.Must(admin(bootstrap).CreatePartitions(check.Context(20), request)).Errors[topic]
	}
	check.OK(grow(3))
	check.Until("its metadata shows them", func() bool { return partitionCount(bootstrap, topic) == 3 })
	check.Is(grow(2), kafka.InvalidPartitionNumber)
}

func configs(bootstrap string) {
	topic := newTopic(bootstrap, "configured", 1, kafka.ConfigEntry{ConfigName: "retention.ms", ConfigValue: "60000"})
	described := func(name string) string {
		resource := kafka.DescribeConfigRequestResource{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ConfigNames: []string{name}}
		response := check.Must(admin(bootstrap).DescribeConfigs(check.Context(20), &kafka.DescribeConfigsRequest{Resources: []kafka.DescribeConfigRequestResource{resource}}))
		return response.Resources[0].ConfigEntries[0].ConfigValue
	}
	check.Equal(described("retention.ms"), "60000")
	set := func(name, value string) error {
		entry := kafka.IncrementalAlterConfigsRequestConfig{Name: name, Value: value, ConfigOperation: kafka.ConfigOperationSet}
		resource := kafka.IncrementalAlterConfigsRequestResource{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, Configs: []kafka.IncrementalAlterConfigsRequestConfig{entry}}
		request := &kafka.IncrementalAlterConfigsRequest{Resources: []kafka.IncrementalAlterConfigsRequestResource{resource}}
		return check.Must(admin(bootstrap).IncrementalAlterConfigs(check.Context(20), request)).Resources[0].Error
	}
	check.OK(set("max.message.bytes", "12345"))
	check.Until("the new value is told", func() bool { return described("max.message.bytes") == "12345" })
	check.Equal(described("retention.ms"), "60000")
	check.Is(set("retention.ms", "soon"), kafka.InvalidConfiguration)
	entry := kafka.AlterConfigRequestConfig{Name: "retention.ms", Value: "70000"}
	resource := kafka.AlterConfigRequestResource{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, Configs: []kafka.AlterConfigRequestConfig{entry}}
	check.Must(admin(bootstrap).AlterConfigs(check.Context(20), &kafka.AlterConfigsRequest{Resources: []kafka.AlterConfigRequestResource{resource}}))
	check.Until("the older call replaces all", func() bool {
		return described("retention.ms") == "70000" && described("max.message.bytes") == "1048588"
	})
}

func administeredGroups(bootstrap string) {
	topic := newTopic(bootstrap, "of-a-group", 1)
	check.OK(write(bootstrap, topic, &kafka.Writer{}, texts("a")...))
	member := reader(bootstrap, topic, "described-group")
	take(member, 1)
	listed := func() string {
		for _, group := range check.Must(admin(bootstrap).ListGroups(check.Context(20), &kafka.ListGroupsRequest{})).Groups {
			if group.GroupID == "described-group" {
				return fmt.Sprint(group.Coordinator)
			}
		}
		return ""
	}
	check.Equal(listed(), "1")
	described := check.Must(admin(bootstrap).DescribeGroups(check.Context(20), &kafka.DescribeGroupsRequest{GroupIDs: []string{"described-group"}})).Groups[0]
	check.Equal([]any{described.Error, described.GroupState, len(described.Members)}, []any{nil, "Stable", 1})
	check.Equal(described.Members[0].ClientHost, "/127.0.0.1")
	remove := func() error {
		request := &kafka.DeleteGroupsRequest{GroupIDs: []string{"described-group"}}
		return check.Must(admin(bootstrap).DeleteGroups(check.Context(20), request)).Errors["described-group"]
	}
	check.Is(remove(), kafka.NonEmptyGroup)
	check.OK(member.Close())
	check.OK(remove())
	check.Equal(listed(), "")
	check.Is(remove(), kafka.GroupIdNotFound)
}

func commit(bootstrap, topic string, offset int64) {
	request := &kafka.OffsetCommitRequest{GroupID: topic, GenerationID: -1, Topics: map[string][]kafka.OffsetCommit{topic: {{Partition: 0, Offset: offset, Metadata: "noted"}}}}
	check.OK(check.Must(admin(bootstrap).OffsetCommit(check.Context(20), request)).Topics[topic][0].Error)
}

func committed(bootstrap, topic string) kafka.OffsetFetchPartition {
	request := &kafka.OffsetFetchRequest{GroupID: topic, Topics: map[string][]int{topic: {0}}}
	return check.Must(admin(bootstrap).OffsetFetch(check.Context(20), request)).Topics[topic][0]
}

func offsets(bootstrap string) {
	topic := newTopic(bootstrap, "offsets", 1)
	check.OK(write(bootstrap, topic, &kafka.Writer{}, texts("a", "b", "c")...))
	request := &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: {kafka.FirstOffsetOf(0), kafka.LastOffsetOf(0)}}}
	listed := check.Must(admin(bootstrap).ListOffsets(check.Context(20), request)).Topics[topic][0]
	check.Equal([]any{listed.FirstOffset, listed.LastOffset, listed.Error}, []any{int64(0), int64(3), nil})
	commit(bootstrap, topic, 2)
	check.Equal([]any{committed(bootstrap, topic).CommittedOffset, committed(bootstrap, topic).Metadata}, []any{int64(2), "noted"})
	resumed := reader(bootstrap, topic, topic)
	defer resumed.Close()
	check.Equal(values(take(resumed, 1)), []string{"c"})
}

func deletedOffsets(bootstrap string) {
	topic := newTopic(bootstrap, "forgotten", 1)
	commit(bootstrap, topic, 1)
	request := &kafka.OffsetDeleteRequest{GroupID: topic, Topics: map[string][]int{topic: {0}}}
	check.OK(check.Must(admin(bootstrap).OffsetDelete(check.Context(20), request)).Topics[topic][0].Error)
	check.Equal(committed(bootstrap, topic).CommittedOffset, int64(-1))
}

func cluster(bootstrap string) {
	described := metadata(bootstrap)
	check.Equal(len(described.ClusterID), 22)
	check.Equal(described.Controller.ID, 1)
	check.Equal(len(described.Brokers), 1)
	check.Equal(fmt.Sprintf("%s:%d", described.Brokers[0].Host, described.Brokers[0].Port), bootstrap)
}
