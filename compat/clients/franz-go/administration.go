package main

import (
	"fmt"
	"slices"

	"odradek/compat/clients/harness/check"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
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
	newTopic(bootstrap, "described", 3, nil)
	listed := check.Must(opened.ListTopics(check.Context(20)))
	described := listed["described"]
	check.OK(described.Err)
	check.Equal(described.Partitions.Numbers(), []int32{0, 1, 2})
	for _, partition := range described.Partitions {
		check.Equal([][]int32{{partition.Leader}, partition.Replicas, partition.ISR}, [][]int32{{1}, {1}, {1}})
	}
	check.That(described.ID != kadm.TopicID{}, "it has an id")
	check.Must(opened.DeleteTopic(check.Context(20), "described"))
	check.Until("it is gone from the list", func() bool { return !check.Must(opened.ListTopics(check.Context(20))).Has("described") })
}

func refusedTopics(bootstrap string) {
	opened := admin(bootstrap)
	refused := func(expected error, name string, partitions int32, replicas int16, configs map[string]*string) {
		_, err := opened.CreateTopic(check.Context(20), partitions, replicas, configs, name)
		check.Is(err, expected)
	}
	newTopic(bootstrap, "twice", 1, nil)
	soon := "soon"
	refused(kerr.TopicAlreadyExists, "twice", 1, 1, nil)
	refused(kerr.InvalidTopicException, "in valid", 1, 1, nil)
	refused(kerr.InvalidPartitions, "partitions", 0, 1, nil)
	refused(kerr.InvalidReplicationFactor, "replicas", 1, 3, nil)
	refused(kerr.InvalidConfig, "setting", 1, 1, map[string]*string{"retention.ms": &soon})
	_, err := opened.DeleteTopic(check.Context(20), "never-made")
	check.Is(err, kerr.UnknownTopicOrPartition)
	check.OK(check.Must(opened.ValidateCreateTopics(check.Context(20), 1, 1, nil, "only-checked")).Error())
	check.That(!check.Must(opened.ListTopics(check.Context(20))).Has("only-checked"), "nothing is made")
}

func addedPartitions(bootstrap string) {
	opened := admin(bootstrap)
	topic := newTopic(bootstrap, "grown", 1, nil)
	check.OK(check.Must(opened.CreatePartitions(check.Context(20), 2, topic)).Error())
	check.Until("its metadata shows them", func() bool {
		return len(check.Must(opened.ListTopics(check.Context(20), topic))[topic].Partitions) == 3
	})
	produce(bootstrap, []*kgo.Record{{Topic: topic, Partition: 2, Value: []byte("a")}}, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	check.Is(check.Must(opened.UpdatePartitions(check.Context(20), 2, topic)).Error(), kerr.InvalidPartitions)
}

func configs(bootstrap string) {
	opened := admin(bootstrap)
	minute := "60000"
	topic := newTopic(bootstrap, "configured", 1, map[string]*string{"retention.ms": &minute})
	described := func(name string) string {
		resource := check.Must(check.Must(opened.DescribeTopicConfigs(check.Context(20), topic)).On(topic, nil))
		index := slices.IndexFunc(resource.Configs, func(config kadm.Config) bool { return config.Key == name })
		return fmt.Sprintf("%s %s", resource.Configs[index].MaybeValue(), resource.Configs[index].Source)
	}
	altered := func(alter func() (kadm.AlterConfigsResponses, error)) error {
		return check.Must(check.Must(alter()).On(topic, nil)).Err
	}
	check.Equal(described("retention.ms"), "60000 DYNAMIC_TOPIC_CONFIG")
	check.Equal(described("cleanup.policy"), "delete DEFAULT_CONFIG")
	longer, compact, soon := "70000", "compact", "soon"
	changes := []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "retention.ms", Value: &longer}, {Op: kadm.AppendConfig, Name: "cleanup.policy", Value: &compact}}
	check.OK(altered(func() (kadm.AlterConfigsResponses, error) {
		return opened.AlterTopicConfigs(check.Context(20), changes, topic)
	}))
	check.Until("retention.ms is altered", func() bool { return described("retention.ms") == "70000 DYNAMIC_TOPIC_CONFIG" })
	check.Equal(described("cleanup.policy"), "delete,compact DYNAMIC_TOPIC_CONFIG")
	wrong := []kadm.AlterConfig{{Name: "retention.ms", Value: &soon}}
	_, err := check.Must(opened.AlterTopicConfigs(check.Context(20), wrong, topic)).On(topic, func(response *kadm.AlterConfigsResponse) error { return response.Err })
	check.Is(err, kerr.InvalidConfig)
	// The older call replaces all that was set.
	state := []kadm.AlterConfig{{Name: "max.message.bytes", Value: &minute}}
	check.OK(altered(func() (kadm.AlterConfigsResponses, error) {
		return opened.AlterTopicConfigsState(check.Context(20), state, topic)
	}))
	check.Until("what was not given is reset", func() bool { return described("retention.ms") == "604800000 DEFAULT_CONFIG" })
	check.Equal(described("max.message.bytes"), "60000 DYNAMIC_TOPIC_CONFIG")
}

func administeredGroups(bootstrap string) {
	opened := admin(bootstrap)
	topic := newTopic(bootstrap, "of-a-group", 2, nil)
	produce(bootstrap, texts(topic, "a"))
	reader := consumer(bootstrap, "described-group", topic, kgo.ClientID("its-member"), kgo.Balancers(kgo.RangeBalancer()))
	collect(reader, 1)
	listed := check.Must(opened.ListGroups(check.Context(20)))["described-group"]
	check.Equal([]string{listed.State, listed.ProtocolType}, []string{"Stable", "consumer"})
	described := check.Must(opened.DescribeGroups(check.Context(20), "described-group"))["described-group"]
	check.Equal([]string{described.State, described.ProtocolType, described.Protocol}, []string{"Stable", "consumer", "range"})
	check.Equal([]string{described.Members[0].ClientID, described.Members[0].ClientHost}, []string{"its-member", "/127.0.0.1"})
	check.That(described.AssignedPartitions().Lookup(topic, 0) && described.AssignedPartitions().Lookup(topic, 1), "it has both partitions")
	_, err := opened.DeleteGroup(check.Context(20), "described-group")
	check.Is(err, kerr.NonEmptyGroup)
	lag := check.Must(opened.Lag(check.Context(20), "described-group"))["described-group"]
	check.OK(lag.Error())
	reader.Close()
	check.That(slices.Contains(check.Must(opened.ListGroups(check.Context(20), "Empty")).Groups(), "described-group"), "it is empty")
	check.Must(opened.DeleteGroup(check.Context(20), "described-group"))
	check.That(!slices.Contains(check.Must(opened.ListGroups(check.Context(20))).Groups(), "described-group"), "it is gone")
	_, err = opened.DeleteGroup(check.Context(20), "described-group")
	check.Is(err, kerr.GroupIDNotFound)
}

func offsets(bootstrap string) {
	opened := admin(bootstrap)
	topic := newTopic(bootstrap, "offsets", 1, nil)
	produce(bootstrap, texts(topic, "a", "b", "c"))
	at := func(listed kadm.ListedOffsets, err error) int64 {
		check.OK(err)
		check.OK(listed.Error())
		return listed[topic][0].Offset
	}
	check.Equal(at(opened.ListStartOffsets(check.Context(20), topic)), int64(0))
	check.Equal(at(opened.ListEndOffsets(check.Context(20), topic)), int64(3))
	check.Equal(at(opened.ListCommittedOffsets(check.Context(20), topic)), int64(3))
	check.Equal(at(opened.ListOffsetsAfterMilli(check.Context(20), 1, topic)), int64(0))
	check.Equal(at(opened.ListMaxTimestampOffsets(check.Context(20), topic)) >= 0, true)
	wanted := kadm.Offsets{}
	wanted.Add(kadm.Offset{Topic: topic, Partition: 0, At: 2, LeaderEpoch: -1, Metadata: "two"})
	check.OK(opened.CommitAllOffsets(check.Context(20), "moved", wanted))
	committed, _ := check.Must(opened.FetchOffsets(check.Context(20), "moved")).Lookup(topic, 0)
	check.Equal([]any{committed.At, committed.Metadata}, []any{int64(2), "two"})
	reader := consumer(bootstrap, "moved", topic)
	defer reader.Close()
	check.Equal(values(collect(reader, 1)), []string{"c"})
	check.Is(opened.CommitAllOffsets(check.Context(20), "moved", wanted), kerr.UnknownMemberID)
}

func deletedOffsets(bootstrap string) {
	opened := admin(bootstrap)
	topic := newTopic(bootstrap, "forgotten", 1, nil)
	produce(bootstrap, texts(topic, "a"))
	set := kadm.TopicsSet{}
	set.Add(topic, 0)
	reader := consumer(bootstrap, "forgetful", topic)
	check.OK(reader.CommitRecords(check.Context(20), collect(reader, 1)...))
	check.Is(check.Must(opened.DeleteOffsets(check.Context(20), "forgetful", set)).Error(), kerr.GroupSubscribedToTopic)
	reader.Close()
	check.OK(check.Must(opened.DeleteOffsets(check.Context(20), "forgetful", set)).Error())
	check.Equal(len(check.Must(opened.FetchOffsets(check.Context(20), "forgetful"))), 0)
	_, err := opened.DeleteOffsets(check.Context(20), "never-made", set)
	check.Is(err, kerr.GroupIDNotFound)
}

func deletedRecords(bootstrap string) {
	opened := admin(bootstrap)
	topic := newTopic(bootstrap, "shortened", 1, nil)
	produce(bootstrap, texts(topic, "0", "1", "2", "3", "4"))
	deleteBefore := func(offset int64) (kadm.DeleteRecordsResponse, error) {
		before := kadm.Offsets{}
		before.AddOffset(topic, 0, offset, -1)
		return check.Must(opened.DeleteRecords(check.Context(20), before)).On(topic, 0, nil)
	}
	check.Equal(check.Must(deleteBefore(3)).LowWatermark, int64(3))
	check.Equal(values(readAll(bootstrap, topic, 2)), []string{"3", "4"})
	check.Is(check.Must(deleteBefore(9)).Err, kerr.OffsetOutOfRange)
}

func cluster(bootstrap string) {
	described := check.Must(admin(bootstrap).BrokerMetadata(check.Context(20)))
	check.Equal(len(described.Cluster), 22)
	check.Equal(described.Controller, int32(1))
	check.Equal(len(described.Brokers), 1)
	check.Equal(fmt.Sprintf("%d %s:%d", described.Brokers[0].NodeID, described.Brokers[0].Host, described.Brokers[0].Port), "1 "+bootstrap)
}
